import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";

const policy = "iot-verification-crd-downgrades";

/** API groups of the operators' kinds. */
const groups = [
  "gateway.networking.k8s.io",
  "cert-manager.io",
  "istio.io",
  "longhorn.io",
  "cnpg.io",
  "monitoring.coreos.com",
  "k8s.elastic.co",
];

/** Where the projects write the version of a CustomResourceDefinition. */
const versionOf = (object: string) =>
  `has(${object}.metadata.annotations) && 'gateway.networking.k8s.io/bundle-version' in ${object}.metadata.annotations` +
  ` ? ${object}.metadata.annotations['gateway.networking.k8s.io/bundle-version']` +
  ` : has(${object}.metadata.annotations) && 'operator.prometheus.io/version' in ${object}.metadata.annotations` +
  ` ? ${object}.metadata.annotations['operator.prometheus.io/version']` +
  ` : has(${object}.metadata.labels) && 'app.kubernetes.io/version' in ${object}.metadata.labels` +
  ` ? ${object}.metadata.labels['app.kubernetes.io/version'] : ''`;

/** The three numbers of a version, and none of anything else. */
const numbersOf = (version: string) =>
  `${version}.matches('^v?[0-9]+[.][0-9]+[.][0-9]+')` +
  ` ? ${version}.find('[0-9]+[.][0-9]+[.][0-9]+').split('.').map(n, int(n)) : []`;

const isOlder =
  "variables.next[0] < variables.last[0] ||" +
  " (variables.next[0] == variables.last[0] && (variables.next[1] < variables.last[1] ||" +
  " (variables.next[1] == variables.last[1] && variables.next[2] < variables.last[2])))";

/**
 * Refuses older definitions of the operators' kinds over newer ones, whoever applies them: the API server would drop fields of
 * objects that newer ones know. Each project writes its version elsewhere; where none does, no version that was served may go.
 *
 * https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/
 */
export class DowngradeGuard extends pulumi.ComponentResource {
  constructor(name: string, options?: pulumi.ComponentResourceOptions) {
    super("iot:cluster:DowngradeGuard", name, {}, options);
    const made = this.createPolicy(`${name}-policy`);
    this.createBinding(`${name}-binding`, made.metadata.name);
    this.registerOutputs();
  }

  private createPolicy(name: string) {
    return new k8s.admissionregistration.v1.ValidatingAdmissionPolicy(
      name,
      {
        metadata: { name: policy },
        spec: {
          failurePolicy: "Fail",
          matchConstraints: {
            resourceRules: [
              {
                apiGroups: ["apiextensions.k8s.io"],
                apiVersions: ["v1"],
                resources: ["customresourcedefinitions"],
                operations: ["UPDATE"],
              },
            ],
          },
          matchConditions: [
            {
              name: "kind-of-an-operator",
              expression: `[${groups.map((group) => `'${group}'`).join(", ")}].exists(g, object.spec.group == g || object.spec.group.endsWith('.' + g))`,
            },
          ],
          variables: [
            { name: "lastVersion", expression: versionOf("oldObject") },
            { name: "nextVersion", expression: versionOf("object") },
            { name: "last", expression: numbersOf("variables.lastVersion") },
            { name: "next", expression: numbersOf("variables.nextVersion") },
          ],
          validations: [
            {
              expression: `variables.last.size() != 3 || variables.next.size() != 3 || !(${isOlder})`,
              messageExpression:
                "object.metadata.name + ' is of version ' + variables.lastVersion + ' and would become ' + variables.nextVersion +" +
                ` ', which loses fields of objects that are there; install that version or a newer one, or delete the policy ${policy} first'`,
            },
            {
              expression:
                "oldObject.spec.versions.all(o, !o.served || object.spec.versions.exists(n, n.name == o.name)) || " +
                "(variables.last.size() == 3 && variables.next.size() == 3)",
              messageExpression:
                "object.metadata.name + ' would lose a version that is served, and with it the objects of those who use it; " +
                `install a newer one, or delete the policy ${policy} first'`,
            },
          ],
        },
      },
      { parent: this },
    );
  }

  private createBinding(name: string, policyName: pulumi.Output<string>) {
    return new k8s.admissionregistration.v1.ValidatingAdmissionPolicyBinding(
      name,
      { metadata: { name: policy }, spec: { policyName, validationActions: ["Deny"] } },
      { parent: this },
    );
  }
}
