import { expect } from "chai";
import { transformer } from "../firewall/transformations.ts";

type TransformType = Parameters<typeof transformer>[0][number]["type"];

const cases: [type: TransformType, text: string, transformed: string][] = [
  ["NONE", " %41+A ", " %41+A "],
  ["BASE64_DECODE", "L2FkbWlu", "/admin"],
  ["COMPRESS_WHITE_SPACE", "a \t\r\n\xa0 b", "a b"],
  ["HEX_DECODE", "2f61646d696e", "/admin"],
  ["HTML_ENTITY_DECODE", "&lt;a&#x20;b&#61;&quot;&NBSP;&unknown;&#xffffff;", '<a b="\xa0&unknown;&#xffffff;'],
  ["LOWERCASE", "SeLeCt", "select"],
  ["NORMALIZE_PATH", "/a/./b//../c/", "/a/c/"],
  ["NORMALIZE_PATH", "../a", "a"],
  ["NORMALIZE_PATH_WIN", "\\a\\..\\b", "/b"],
  ["REMOVE_NULLS", "a\0b", "ab"],
  ["REPLACE_NULLS", "a\0b", "a b"],
  ["TRIM", "  a b  ", "a b"],
  ["UPPERCASE", "SeLeCt", "SELECT"],
  ["URL_DECODE", "%2Fa+b%zz%C3%A4", "/a b%zz\xc3\xa4"],
];

describe("text transformations", () => {
  for (const [type, text, transformed] of cases) {
    it(`${type} makes ${JSON.stringify(transformed)} of ${JSON.stringify(text)}`, () => {
      expect(transformer([{ priority: 0, type }])(text)).to.equal(transformed);
    });
  }

  it("follow each other by priority", () => {
    const transform = transformer([
      { priority: 2, type: "LOWERCASE" },
      { priority: 0, type: "URL_DECODE" },
      { priority: 1, type: "BASE64_DECODE" },
    ]);
    expect(transform("QURNSU4%3D")).to.equal("admin");
  });
});
