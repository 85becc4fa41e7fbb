package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing/fstest"

	"github.com/aquasecurity/trivy/pkg/iac/rego"
	"github.com/aquasecurity/trivy/pkg/iac/scan"
	"github.com/aquasecurity/trivy/pkg/iac/types"
	"sigs.k8s.io/yaml"
)

// judgeByTrivy runs the checks that trivy carries for Kubernetes. None of them looks at more than one object.
func judgeByTrivy(manifests []manifest, known settings) ([]finding, error) {
	data, err := json.Marshal(map[string]any{"ksv0125": map[string]any{"trusted_registries": known.registries}})
	if err != nil {
		return nil, err
	}
	scanner := rego.NewScanner(
		rego.WithDataFilesystem(fstest.MapFS{"settings.json": {Data: data}}),
		rego.WithDataDirs("."),
		rego.WithEmbeddedPolicies(true),
		rego.WithEmbeddedLibraries(true),
		rego.WithPolicyNamespaces("builtin"),
	)
	if err := scanner.LoadPolicies(fstest.MapFS{}); err != nil {
		return nil, fmt.Errorf("trivy: %w", err)
	}
	var findings []finding
	for _, manifest := range manifests {
		var object map[string]any
		if err := yaml.Unmarshal(manifest.text, &object); err != nil {
			return nil, fmt.Errorf("%s: %w", manifest.path, err)
		}
		input := rego.Input{Path: manifest.path, Contents: object}
		results, err := scanner.ScanInput(context.Background(), types.SourceKubernetes, input)
		if err != nil {
			return nil, fmt.Errorf("trivy, %s: %w", manifest.path, err)
		}
		for _, result := range results {
			findings = append(findings, finding{
				Judge:    "trivy",
				Check:    result.Rule().ID,
				Severity: strings.ToLower(string(result.Severity())),
				Passed:   result.Status() == scan.StatusPassed,
				File:     manifest.path,
				Message:  descriptionOf(result),
			})
		}
	}
	return findings, nil
}

func descriptionOf(result scan.Result) string {
	if result.Status() == scan.StatusPassed {
		return ""
	}
	return result.Description()
}
