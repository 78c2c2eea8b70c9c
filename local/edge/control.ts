import { Type } from "typebox";
import { AwsError, notImplemented } from "../gateway/protocols.ts";
import { xmlElement } from "../gateway/xml.ts";
import type { Authorize } from "../iam/types.ts";
import { requireAccess } from "../require-access.ts";
import type { AwsApi, AwsCall, AwsReply } from "../service.ts";
import { documentReply, type Route, readDocument, xmlns } from "./control-protocol.ts";
import type { Edge } from "./edge.ts";
import { type Invalidation, InvalidPathError } from "./invalidations.ts";
import { keyRoutes } from "./key-control.ts";

const version = "/2020-05-31";

const Batch = Type.Object({
  InvalidationBatch: Type.Object({
    CallerReference: Type.String({ minLength: 1, maxLength: 2000 }),
    Paths: Type.Object({
      Items: Type.Object({ Path: Type.Array(Type.String(), { minItems: 1 }) }),
      Quantity: Type.String({ pattern: "^\\d{1,5}$" }),
    }),
  }),
});

const routes: readonly Route[] = [
  {
    name: "CreateInvalidation",
    method: "POST",
    pattern: /^\/(distribution)\/(\w+)\/invalidation$/,
    run: createInvalidation,
  },
  {
    name: "ListInvalidations",
    method: "GET",
    pattern: /^\/(distribution)\/(\w+)\/invalidation$/,
    run: listInvalidations,
  },
  {
    name: "GetInvalidation",
    method: "GET",
    pattern: /^\/(distribution)\/(\w+)\/invalidation\/(\w+)$/,
    run: getInvalidation,
  },
  { name: "GetDistribution", method: "GET", pattern: /^\/(distribution)\/(\w+)$/, run: getDistribution },
];

/** CloudFront's control plane for the distribution that an edge serves, as far as invalidations and key rotations need it. */
export function cloudFrontApi(edge: Edge, authorize: Authorize): AwsApi {
  return {
    service: "cloudfront",
    async call(call) {
      const path = call.path.startsWith(`${version}/`) ? call.path.slice(version.length) : "";
      for (const { name, method, pattern, run } of [...routes, ...keyRoutes]) {
        const [matched, kind = "", id = "", invalidationId = ""] = pattern.exec(path) ?? [];
        if (matched === undefined || method !== call.method) continue;
        // Who may not ask learns nothing of what exists.
        const resource = edge.distribution.arn.replace(/[^:]*$/, `${kind}/${id || "*"}`);
        const request = { principal: call.principal, action: `cloudfront:${name}`, resource, context: {} };
        requireAccess(authorize, request, { code: "AccessDenied", status: 403 });
        if (kind !== "distribution") return run(call, edge, id);
        if (id !== edge.distribution.id) {
          throw new AwsError("NoSuchDistribution", 404, "The specified distribution does not exist.");
        }
        return run(call, edge, invalidationId);
      }
      throw notImplemented("cloudfront", `${call.method} ${/^[\w/-]{1,200}$/.test(path) ? path : "(another path)"}`);
    },
  };
}

function createInvalidation({ body }: AwsCall, edge: Edge): AwsReply {
  const { CallerReference, Paths } = readDocument(Batch, body.toString("utf8")).InvalidationBatch;
  if (Number(Paths.Quantity) !== Paths.Items.Path.length) {
    throw new AwsError("InconsistentQuantities", 400, "Quantity must be the number of Items.");
  }
  const earlier = edge.invalidations.list().find(({ callerReference }) => callerReference === CallerReference);
  if (earlier !== undefined && JSON.stringify(earlier.paths) !== JSON.stringify(Paths.Items.Path)) {
    throw new AwsError("InvalidationBatchAlreadyExists", 400, "This CallerReference was used for other paths.");
  }
  const invalidation = earlier ?? invalidate(edge, Paths.Items.Path, CallerReference);
  return documentReply(201, `<Invalidation${xmlns}>${described(invalidation)}</Invalidation>`, {
    location: `https://cloudfront.amazonaws.com${version}/distribution/${edge.distribution.id}/invalidation/${invalidation.id}`,
  });
}

function invalidate(edge: Edge, paths: readonly string[], callerReference: string): Invalidation {
  try {
    return edge.invalidations.create(paths, callerReference);
  } catch (error) {
    if (error instanceof InvalidPathError) throw new AwsError("InvalidArgument", 400, error.message);
    throw error;
  }
}

function getInvalidation(_: AwsCall, edge: Edge, invalidationId: string): AwsReply {
  const invalidation = edge.invalidations.list().find(({ id }) => id === invalidationId);
  if (invalidation === undefined) {
    throw new AwsError("NoSuchInvalidation", 404, "The specified invalidation does not exist.");
  }
  return documentReply(200, `<Invalidation${xmlns}>${described(invalidation)}</Invalidation>`);
}

function listInvalidations({ query }: AwsCall, edge: Edge): AwsReply {
  const all = edge.invalidations.list();
  const marker = query.get("Marker") ?? "";
  const maxItems = query.get("MaxItems") ?? "100";
  if (!/^[1-9]\d{0,2}$/.test(maxItems)) throw new AwsError("InvalidArgument", 400, "MaxItems must be from 1 to 999.");
  const start = all.findIndex(({ id }) => id === marker) + 1;
  const page = all.slice(start, start + Number(maxItems));
  const isTruncated = start + page.length < all.length;
  const items = page.map(({ id, createdAt }) =>
    xmlElement("InvalidationSummary", { Id: id, CreateTime: createdAt, Status: "Completed" }),
  );
  const content = [
    xmlElement("Marker", marker),
    xmlElement("NextMarker", isTruncated ? page.at(-1)?.id : undefined),
    xmlElement("MaxItems", maxItems),
    xmlElement("IsTruncated", isTruncated),
    xmlElement("Quantity", page.length),
    `<Items>${items.join("")}</Items>`,
  ];
  return documentReply(200, `<InvalidationList${xmlns}>${content.join("")}</InvalidationList>`);
}

function getDistribution(_: AwsCall, { distribution }: Edge): AwsReply {
  const described = {
    Id: distribution.id,
    ARN: distribution.arn,
    Status: "Deployed",
    InProgressInvalidationBatches: 0,
    DomainName: distribution.domainName,
  };
  return documentReply(200, xmlElement("Distribution", described, xmlns));
}

function described({ id, createdAt, callerReference, paths }: Invalidation): string {
  const items = paths.map((path) => xmlElement("Path", path)).join("");
  const batch = `<Paths>${xmlElement("Quantity", paths.length)}<Items>${items}</Items></Paths>`;
  return [
    xmlElement("Id", id),
    xmlElement("Status", "Completed"),
    xmlElement("CreateTime", createdAt),
    `<InvalidationBatch>${batch}${xmlElement("CallerReference", callerReference)}</InvalidationBatch>`,
  ].join("");
}
