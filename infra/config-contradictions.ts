/** What of the configuration is held against each other. */
export interface CrossChecked {
  readonly signingKeyA: number;
  readonly signingKeyB: number;
  readonly signingKeyActive: "a" | "b";
  readonly signingKeyDays: number;
  readonly allowedCidrs: readonly string[];
  readonly deniedCidrs: readonly string[];
  readonly callbackUrls: readonly string[];
  readonly logoutUrls: readonly string[];
  readonly zone: string;
  readonly mediaDomain: string;
  readonly apiDomain: string;
  readonly signInDomain: string;
  readonly cookieDomain: string;
  readonly httpVersion: "http2" | "http2and3";
  readonly continuousDeploymentPolicy: string;
  readonly stagingDistribution: string;
  readonly auditorAccount: string;
  readonly auditorExternalId: string;
  readonly adminMfa: boolean;
  readonly adminRoles: readonly string[];
}

/** What is wrong between settings, each with its mend; one that could not be read is undefined and contradicts nothing. */
export function contradictions(config: Partial<CrossChecked>): string[] {
  return [
    ...signingContradictions(config),
    ...addressContradictions(config),
    ...domainContradictions(config),
    ...deploymentContradictions(config),
    ...administrationContradictions(config),
  ];
}

function* signingContradictions(config: Partial<CrossChecked>) {
  const { signingKeyActive, callbackUrls, logoutUrls = [] } = config;
  const activeKey = signingKeyActive === "a" ? "signingKeyA" : "signingKeyB";
  if (signingKeyActive && config[activeKey] === 0) {
    yield `signingKeyActive is "${signingKeyActive}", but ${activeKey} is 0, an empty slot; set ${activeKey} to 1 or more, or let the other slot sign`;
  }
  const { signingKeyDays, signingKeyA, signingKeyB } = config;
  if (signingKeyDays && signingKeyA && signingKeyB) {
    yield `signingKeyDays is ${signingKeyDays}, but both slots are filled, and a rotation makes keys in the one that signs; set signingKeyDays or the idle slot to 0`;
  }
  if (callbackUrls?.length === 0 && logoutUrls.length > 0) {
    yield `logoutUrls is ${JSON.stringify(logoutUrls)}, but without callbackUrls there is no hosted sign-in to leave; set callbackUrls or empty logoutUrls`;
  }
}

function* addressContradictions({ allowedCidrs = [], deniedCidrs = [] }: Partial<CrossChecked>) {
  for (const both of allowedCidrs.filter((each) => deniedCidrs.includes(each))) {
    yield `allowedCidrs has "${both}", and so has deniedCidrs; take it out of one`;
  }
}

function* domainContradictions(config: Partial<CrossChecked>) {
  const { zone, mediaDomain, apiDomain, signInDomain, cookieDomain } = config;
  for (const [key, host] of Object.entries({ mediaDomain, apiDomain })) {
    if (host && zone === "") {
      yield `${key} is "${host}", but zone is empty; set zone to the Route 53 zone that the name is in`;
    } else if (host && zone && !isWithin(host, zone)) {
      yield `${key} is "${host}", which is not in the zone "${zone}"; set zone to the Route 53 zone that the name is in`;
    }
    if (cookieDomain && host === "") {
      yield `cookieDomain is "${cookieDomain}", but ${key} is empty, and no name of CloudFront's takes part in its cookies; set ${key} or empty cookieDomain`;
    } else if (cookieDomain && host && !isWithin(host, cookieDomain)) {
      yield `cookieDomain is "${cookieDomain}", but ${key} is "${host}", which takes no part in its cookies; give both one parent domain`;
    }
  }
  if (zone && mediaDomain === "" && apiDomain === "") {
    yield `zone is "${zone}", but nothing is to be in it; set mediaDomain or apiDomain, or empty zone`;
  }
  const named = Object.entries({ mediaDomain, apiDomain, signInDomain });
  for (const [index, [key, host]] of named.entries()) {
    const twin = named.slice(0, index).find(([, other]) => host && host === other);
    if (twin)
      yield `${key} is "${host}", and so is ${twin[0]}; one name leads to one place, so give one of them another`;
  }
}

function* deploymentContradictions(config: Partial<CrossChecked>) {
  const { httpVersion, continuousDeploymentPolicy } = config;
  if (continuousDeploymentPolicy && httpVersion === "http2and3") {
    yield `httpVersion is "http2and3", but CloudFront has no continuous deployment over HTTP/3; set httpVersion to http2, or empty continuousDeploymentPolicy`;
  }
  yield* together(config, "continuousDeploymentPolicy", "stagingDistribution");
}

function* administrationContradictions(config: Partial<CrossChecked>) {
  const { adminMfa, adminRoles = [] } = config;
  if (adminMfa === false && adminRoles.length > 0) {
    yield `adminRoles is ${JSON.stringify(adminRoles)}, but adminMfa is false, and nobody needs a code; set adminMfa to true or empty adminRoles`;
  }
  yield* together(config, "auditorAccount", "auditorExternalId");
}

/** Two settings that mean nothing without each other. */
function* together<Key extends keyof CrossChecked>(config: Partial<CrossChecked>, ...keys: readonly [Key, Key]) {
  for (const [set, empty] of [keys, keys.toReversed()]) {
    if (set && empty && config[set] && config[empty] === "") {
      yield `${set} is "${config[set]}", but ${empty} is empty; set both or neither`;
    }
  }
}

function isWithin(host: string, parent: string): boolean {
  return host === parent || host.endsWith(`.${parent}`);
}
