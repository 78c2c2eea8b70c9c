// Plain JavaScript, because Pulumi puts a TypeScript compiler of its own before whatever it loads itself; Node strips the
// types of the rest. A file of its own, because it serves the pack as soon as it is loaded.
import { PolicyPack } from "@pulumi/policy";
import { policies } from "./policies.ts";

new PolicyPack("latchkey", { policies });
