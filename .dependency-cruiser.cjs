/** The layers: a part may import only what stands to its left in `domain <- adapters, routes <- compose`. */
module.exports = {
  forbidden: [
    {
      name: "domain-imports-nothing",
      comment: "The domain decides; it knows no framework, no SDK and no part outside itself.",
      severity: "error",
      from: { path: "^api/domain/" },
      to: { pathNot: "^api/domain/" },
    },
    {
      name: "adapters-and-routes-stay-apart",
      severity: "error",
      from: { path: "^api/(adapters|routes|plugins)/" },
      to: { path: "^api/(compose|app|server|lambda)\\.ts$" },
    },
    {
      name: "routes-know-no-adapter",
      comment: "Routes and plugins get use cases as plugin options.",
      severity: "error",
      from: { path: "^api/(routes|plugins)/" },
      to: { path: "^(api/adapters/|node_modules/@aws-sdk/)" },
    },
    {
      name: "only-compose-builds-clients",
      severity: "error",
      from: { path: "^api/(routes|plugins|app|server|lambda)" },
      to: { path: "^node_modules/@aws-sdk/" },
    },
    {
      name: "production-never-imports-local",
      comment: "The platform must not know that it runs on a laptop.",
      severity: "error",
      from: { path: "^(infra|api|renditions|reconcile)/", pathNot: "/test/" },
      to: { path: "^(local|bench|web)/" },
    },
    {
      name: "infra-stands-alone",
      severity: "error",
      from: { path: "^infra/", pathNot: "/test/" },
      to: { path: "^(api|renditions|reconcile)/" },
    },
    {
      name: "functions-use-the-domain-and-its-stores-only",
      severity: "error",
      from: { path: "^(renditions|reconcile)/", pathNot: "/test/" },
      to: { path: "^api/", pathNot: "^api/(domain|adapters)/" },
    },
    {
      name: "client-stands-alone",
      comment: "Apps install it without the platform: of the API it knows what is generated into it, and no more.",
      severity: "error",
      from: { path: "^client/", pathNot: "/test/" },
      to: { pathNot: "^(client/|node_modules/(openapi-fetch|@noble/hashes)/)", dependencyTypesNot: ["core"] },
    },
    {
      name: "client-core-runs-anywhere",
      severity: "error",
      from: { path: "^client/", pathNot: "^client/(node|test)/" },
      to: { dependencyTypes: ["core"] },
    },
    {
      name: "tests-are-leaves",
      severity: "error",
      from: { pathNot: "/test/" },
      to: { path: "/test/" },
    },
    { name: "no-circles", severity: "error", from: {}, to: { circular: true } },
    {
      name: "declared-dependencies-only",
      severity: "error",
      from: { path: "^(infra|api|renditions|reconcile)/", pathNot: "/test/" },
      to: { dependencyTypes: ["npm-dev", "npm-no-pkg", "unknown"] },
    },
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    // The policy pack has a manifest of its own, because Pulumi reads one, and its packages from ours.
    combinedDependencies: true,
    tsConfig: { fileName: "tsconfig.json" },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { exportsFields: ["exports"], conditionNames: ["import", "node", "default"] },
  },
};
