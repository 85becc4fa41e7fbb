package main

import (
	"bytes"
	"io"
	"strings"

	"github.com/zegl/kube-score/config"
	"github.com/zegl/kube-score/domain"
	"github.com/zegl/kube-score/parser"
	"github.com/zegl/kube-score/score"
	"github.com/zegl/kube-score/score/checks"
	"github.com/zegl/kube-score/scorecard"
)

// optionalChecks are those that kube-score leaves to choice and that harden: the others want requests equal to limits.
var optionalChecks = map[string]struct{}{
	"container-ports-check":                            {},
	"container-seccomp-profile":                        {},
	"container-ephemeral-storage-request-equals-limit": {},
}

type namedReader struct {
	io.Reader
	name string
}

func (reader namedReader) Name() string { return reader.name }

// judgeByKubeScore scores every object with all checks; the manifests' own annotations cannot switch any off.
func judgeByKubeScore(manifests []manifest, known settings) ([]finding, error) {
	parser, err := parser.New(nil)
	if err != nil {
		return nil, err
	}
	var files []domain.NamedReader
	for _, manifest := range manifests {
		files = append(files, namedReader{bytes.NewReader(manifest.text), manifest.path})
	}
	objects, err := parser.ParseFiles(files)
	if err != nil {
		return nil, err
	}
	run := &config.RunConfiguration{
		EnabledOptionalTests:  optionalChecks,
		KubernetesVersion:     config.Semver{Major: known.kubernetes.major, Minor: known.kubernetes.minor},
		MinReplicasDeployment: 2,
		MinReplicasHPA:        2,
	}
	card, err := score.Score(objects, score.RegisterAllChecks(objects, &checks.Config{}, run), run)
	if err != nil {
		return nil, err
	}
	var findings []finding
	for _, object := range *card {
		for _, result := range object.Checks {
			if result.Skipped {
				continue
			}
			findings = append(findings, finding{
				Judge:    "kube-score",
				Check:    result.Check.ID,
				Severity: strings.ToLower(result.Grade.String()),
				Passed:   result.Grade >= scorecard.GradeAlmostOK,
				File:     object.FileLocation.Name,
				Message:  commentsOf(result),
			})
		}
	}
	return findings, nil
}

func commentsOf(result scorecard.TestScore) string {
	if result.Grade >= scorecard.GradeAlmostOK {
		return ""
	}
	var parts []string
	for _, comment := range result.Comments {
		parts = append(parts, strings.Trim(comment.Path+": "+comment.Summary, ": "))
	}
	return strings.Join(parts, "; ")
}
