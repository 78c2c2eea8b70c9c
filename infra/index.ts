import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { currentAccount } from "./account.ts";
import { AccessLog } from "./components/access-log.ts";
import { AuditTrail } from "./components/audit-trail.ts";
import { AuditorRole } from "./components/auditor-role.ts";
import { Compliance } from "./components/compliance.ts";
import { CustomDomain } from "./components/custom-domain.ts";
import { EdgeFirewall } from "./components/edge-firewall.ts";
import { EncryptionKey } from "./components/encryption-key.ts";
import { Identity } from "./components/identity.ts";
import { MalwareScan } from "./components/malware-scan.ts";
import { MediaBucket } from "./components/media-bucket.ts";
import { MediaDistribution } from "./components/media-distribution.ts";
import { Observability } from "./components/observability.ts";
import { PermissionsBoundary } from "./components/permissions-boundary.ts";
import { PhotoTable } from "./components/photo-table.ts";
import { Reconciler } from "./components/reconciler.ts";
import { Renditions } from "./components/renditions.ts";
import { SigningApi } from "./components/signing-api.ts";
import { SigningKeyRotation } from "./components/signing-key-rotation.ts";
import { TrustedSigner } from "./components/trusted-signer.ts";
import { readConfig } from "./config.ts";

/** What `pulumi up` builds, in order of creation. A function, so that one process can run it for several stacks. */
export default async function latchkey() {
  const config = readConfig(pulumi.getProject(), pulumi.getStack(), pulumi.runtime.allConfig());
  const account = currentAccount();

  const boundary = new PermissionsBoundary("latchkey-boundary", { account, ...config });
  const boundaryArn = boundary.arn;

  const { protectData } = config;
  const key = new EncryptionKey("latchkey-key", { account, opensToDistribution: true, protectData });
  // CloudFront's logs, alarms and web ACL live in this region whatever the stack's is.
  const edgeKey = new EncryptionKey("latchkey-edge-key", {
    account,
    region: "us-east-1",
    opensToDistribution: false,
    protectData,
  });

  const bucket = new MediaBucket("latchkey-media", { key, ...config });

  const table = new PhotoTable("latchkey-photos", { key, ...config });

  const signer = new TrustedSigner("latchkey-signer", {
    algorithm: config.signingAlgorithm,
    generations: { a: config.signingKeyA, b: config.signingKeyB },
    active: config.signingKeyActive,
    rotates: config.signingKeyDays > 0,
    boundaryArn,
    key,
    protectData,
    logRetentionDays: config.logRetentionDays,
  });

  const firewall = new EdgeFirewall("latchkey-edge", { account, key: edgeKey, mode: config.wafMode, ...config });

  const zoneId = config.zone && aws.route53.getZoneOutput({ name: config.zone }).zoneId;
  const domainOf = (name: string, host: string) => (host ? new CustomDomain(name, { host, zoneId }) : undefined);

  const distribution = new MediaDistribution("latchkey-cdn", {
    account,
    bucket,
    key,
    keyGroupId: signer.keyGroupId,
    webAclArn: firewall.webAclArn,
    domain: domainOf("latchkey-media-domain", config.mediaDomain),
    longestUrlSeconds: config.uploadSeconds,
    ...config,
  });

  const rotation =
    config.signingKeyDays > 0
      ? new SigningKeyRotation("latchkey-rotation", { account, signer, distribution, key, boundaryArn, ...config })
      : undefined;

  const identity = new Identity("latchkey-identity", { bucket, key, boundaryArn, ...config });

  if (config.malwareScan === "guardduty") new MalwareScan("latchkey-scan", { account, bucket, key, boundaryArn });

  const renditions = new Renditions("latchkey-renditions", {
    account,
    bucket,
    table,
    distribution,
    key,
    boundaryArn,
    ...config,
  });

  const api = new SigningApi("latchkey-api", {
    account,
    bucket,
    table,
    signer,
    distribution,
    identity,
    firewall,
    domain: domainOf("latchkey-api-domain", config.apiDomain),
    key,
    boundaryArn,
    ...config,
  });

  const reconciler = new Reconciler("latchkey-reconciler", {
    account,
    bucket,
    table,
    renditions,
    key,
    boundaryArn,
    ...config,
  });

  const trail = new AuditTrail("latchkey-audit", { account, bucket, key, boundaryArn, ...config });

  const auditor = config.auditorAccount
    ? new AuditorRole("latchkey-auditor", {
        account,
        bucket,
        table,
        trail,
        distribution,
        api,
        identity,
        key,
        edgeKey,
        boundaryArn,
        ...config,
      })
    : undefined;

  if (config.configRules) {
    new Compliance("latchkey-compliance", {
      watched: {
        bucket: { media: bucket.bucketName, logs: trail.logBucketName },
        mediaBucket: { media: bucket.bucketName },
        table: { photos: table.tableName },
        topic: { notices: renditions.topicArn },
        function: {
          api: api.functionName,
          renditions: renditions.functionName,
          reconciler: reconciler.functionName,
          ...(rotation && { rotation: rotation.functionName }),
        },
        distribution: { media: distribution.distributionId, api: api.distributionId },
      },
    });
  }

  const logged = {
    media: { arn: distribution.arn, logsPaths: true },
    // Whoever knows the path of a share link gets in by it.
    api: { arn: api.distributionArn, logsPaths: false },
  };
  new AccessLog("latchkey-access", { account, key: edgeKey, distributions: logged, ...config });

  const observability = new Observability("latchkey", {
    account,
    key,
    edgeKey,
    functions: {
      api: { name: api.functionName, slowSeconds: 3 },
      renditions: { name: renditions.functionName, slowSeconds: 60 },
      reconciler: { name: reconciler.functionName, slowSeconds: 240, scheduled: true },
      ...(rotation && { rotation: { name: rotation.functionName, slowSeconds: 840, scheduled: true } }),
    },
    queueUrls: { uploads: renditions.queueUrl, removals: renditions.removalsQueueUrl },
    deadLetterQueueUrl: renditions.deadLetterQueueUrl,
    distributions: { media: distribution.distributionId, api: api.distributionId },
    webAclMetric: firewall.metricName,
    alarmEmails: config.alarmEmails,
  });

  return {
    apiUrl: api.url,
    mediaDomain: distribution.domainName,
    bucketName: bucket.bucketName,
    tableName: table.tableName,
    queueUrl: renditions.queueUrl,
    deadLetterQueueUrl: renditions.deadLetterQueueUrl,
    topicArn: renditions.topicArn,
    reconcilerFunctionName: reconciler.functionName,
    userPoolId: identity.userPoolId,
    userPoolClientId: identity.clientId,
    identityPoolId: identity.identityPoolId,
    ...(identity.hosted && { signInUrl: identity.hosted.url, signInTarget: identity.hosted.target }),
    keyGroupId: signer.keyGroupId,
    signingSecretArn: signer.activeSecretArn,
    webAclArn: firewall.webAclArn,
    logBucketName: trail.logBucketName,
    ...(auditor && { auditorRoleArn: auditor.arn }),
    dashboardUrl: observability.dashboardUrl,
  };
}
