import { PolicyPack } from "@pulumi/policy";
import { policyOf } from "./adapter.ts";
import { rules } from "./rules.ts";

new PolicyPack("iot-verification", { policies: rules.map(policyOf) });
