import {
  type Answers,
  arn,
  characters,
  globalArn,
  hexadecimal,
  lowerCase,
  physicalName,
  placeOf,
  text,
  upperCase,
  uuid,
} from "./answer.ts";

export const edgeAnswers: Answers = {
  "aws:acm/certificate:Certificate": (declared, place) => {
    const id = arn(placeOf(declared, place), "acm", `certificate/${uuid(declared)}`);
    const domainName = text(declared, "domainName");
    const proof = {
      domainName,
      resourceRecordName: `_${characters(declared, 32, hexadecimal)}.${domainName}.`,
      resourceRecordType: "CNAME",
      resourceRecordValue: `_${characters(declared, 32, hexadecimal, "value")}.acm-validations.aws.`,
    };
    return { id, outputs: { arn: id, domainValidationOptions: [proof] } };
  },
  "aws:acm/certificateValidation:CertificateValidation": (declared) => ({ id: text(declared, "certificateArn") }),
  "aws:route53/record:Record": (declared) => {
    const [name, type] = [text(declared, "name"), text(declared, "type")];
    return { id: `${text(declared, "zoneId")}_${name}_${type}`, outputs: { fqdn: name } };
  },

  "aws:cloudfront/cachePolicy:CachePolicy": (declared) => ({
    id: uuid(declared),
    outputs: { name: physicalName(declared) },
  }),
  "aws:cloudfront/distribution:Distribution": (declared, place) => {
    const id = `E${characters(declared, 13, upperCase)}`;
    return {
      id,
      outputs: {
        arn: globalArn(place, "cloudfront", `distribution/${id}`),
        domainName: `d${characters(declared, 13, lowerCase, "domain")}.cloudfront.net`,
        // The same for every distribution.
        hostedZoneId: "Z2FDTNDATAQYW2",
        status: "Deployed",
      },
    };
  },
  "aws:cloudfront/keyGroup:KeyGroup": (declared) => ({
    id: uuid(declared),
    outputs: { name: physicalName(declared) },
  }),
  "aws:cloudfront/originAccessControl:OriginAccessControl": (declared, place) => {
    const id = `E${characters(declared, 13, upperCase)}`;
    return {
      id,
      outputs: { name: physicalName(declared), arn: globalArn(place, "cloudfront", `origin-access-control/${id}`) },
    };
  },
  // Another key is another resource to CloudFront, with an id of its own.
  "aws:cloudfront/publicKey:PublicKey": (declared) => ({
    id: `K${characters(declared, 13, upperCase, text(declared, "encodedKey"))}`,
    outputs: { name: physicalName(declared) },
  }),
  "aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy": (declared) => ({
    id: uuid(declared),
    outputs: { name: physicalName(declared) },
  }),

  "aws:wafv2/ipSet:IpSet": (declared, place) => {
    const [id, name] = [uuid(declared), physicalName(declared)];
    return { id, outputs: { name, arn: arn(placeOf(declared, place), "wafv2", `global/ipset/${name}/${id}`) } };
  },
  "aws:wafv2/webAcl:WebAcl": (declared, place) => {
    const [id, name] = [uuid(declared), physicalName(declared)];
    return { id, outputs: { name, arn: arn(placeOf(declared, place), "wafv2", `global/webacl/${name}/${id}`) } };
  },
  "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration": (declared) => ({
    id: text(declared, "resourceArn"),
  }),
};
