import { PolicyPack } from "@pulumi/policy";
import { policiesOf } from "./adapter.ts";
import { rules } from "./rules.ts";

new PolicyPack("iot-verification", { policies: policiesOf(rules) });
