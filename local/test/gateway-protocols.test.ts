import { expect } from "chai";
import fc from "fast-check";
import { XMLParser } from "fast-xml-parser";
import { queryList } from "../gateway/protocols.ts";
import { xmlElement } from "../gateway/xml.ts";

describe("the entries of a Query list", () => {
  const entries = (text: string, prefix: string) =>
    queryList(new URLSearchParams(text), prefix).map((entry) => Object.fromEntries(entry));

  it("come in the order of their numbers, whatever the order on the wire", () => {
    const text =
      "Tags.member.10.Key=c&Tags.member.2.Key=b&Tags.member.1.Key=a&Tags.member.1.Value=1&TagsToo.member.1.Key=d";
    expect(entries(text, "Tags.member")).to.deep.equal([{ Key: "a", Value: "1" }, { Key: "b" }, { Key: "c" }]);
  });

  it("may be plain values, and may hold members of members", () => {
    expect(entries("Names.member.1=a&Names.member.2=b", "Names.member")).to.deep.equal([{ "": "a" }, { "": "b" }]);
    expect(entries("M.entry.1.Value.DataType=String", "M.entry")).to.deep.equal([{ "Value.DataType": "String" }]);
  });

  it("are none where the number is none", () => {
    expect(
      entries("Names.member.=a&Names.member.x=b&Names.member.-1=c&Names.member=d&Names.member.12345=e", "Names.member"),
    ).to.deep.equal([]);
  });
});

describe("the XML of a reply", () => {
  it("renders lists as members, leaves out what is undefined, and times in ISO 8601", () => {
    const value = { Names: ["a", "b"], Absent: undefined, At: new Date(0), Count: 1, Last: false };
    expect(xmlElement("R", value, ' xmlns="u"')).to.equal(
      '<R xmlns="u"><Names><member>a</member><member>b</member></Names><At>1970-01-01T00:00:00.000Z</At><Count>1</Count><Last>false</Last></R>',
    );
  });

  it("reads back as it was, whatever the text", () => {
    const parser = new XMLParser({ parseTagValue: false, trimValues: false });
    const text = fc.string({
      unit: fc.constantFrom("&", "<", ">", "'", '"', "amp;", "lt;", "#", "]]>", " ", "\n", "é", "🌅"),
      minLength: 1,
    });
    fc.assert(
      fc.property(text, (value) => {
        expect(parser.parse(xmlElement("R", { V: value })).R.V).to.equal(value);
      }),
    );
  });

  it("drops what XML cannot hold", () => {
    expect(xmlElement("V", "a\u0000\u001b\uFFFEb")).to.equal("<V>ab</V>");
  });
});
