// Command pulumi-resource-kubernetes is Pulumi's Kubernetes provider, built from its Go module.
//
// The module's own command embeds two generated files that the module does not carry, so this one stands in
// for it. The build puts the two files beside this one; they are never in the checkout.
package main

import (
	_ "embed"

	"github.com/pulumi/pulumi-kubernetes/provider/v4/pkg/provider"
	"github.com/pulumi/pulumi-kubernetes/provider/v4/pkg/version"
)

//go:embed schema-embed.json
var schema []byte

//go:embed terraform-mapping-embed.json
var terraformMapping []byte

func main() {
	provider.Serve("kubernetes", version.Version, schema, terraformMapping)
}
