// Command judges tells what three judges of Kubernetes manifests find: kube-score, the configuration checks of trivy,
// and the evaluator behind the Pod Security admission. Each is its own project's code, called as a library; nothing is
// ignored, whatever annotations and comments of the manifests say.
//
//	judges --kubernetes 1.36 --registries HOST,HOST DIRECTORY
//
// DIRECTORY has one object a file. What is found goes to standard output, one JSON object a line: see finding.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"strings"
)

// version is set by the linker.
var version = "unknown"

// finding is what one check says of one object.
type finding struct {
	Judge string `json:"judge"`
	// Check is the judge's own identifier.
	Check    string `json:"check"`
	Severity string `json:"severity"`
	Passed   bool   `json:"passed"`
	// File is the object's, from the directory.
	File string `json:"file"`
	// Message says what is wrong, and where in the object; empty when nothing is.
	Message string `json:"message"`
}

// settings are what the judges need to know besides the manifests.
type settings struct {
	kubernetes kubernetesVersion
	// registries are the hosts that images may come from.
	registries []string
}

type judge func(manifests []manifest, settings settings) ([]finding, error)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(arguments []string) error {
	flags := flag.NewFlagSet("judges", flag.ExitOnError)
	kubernetes := flags.String("kubernetes", "", "version of Kubernetes to judge for, as MAJOR.MINOR")
	registries := flags.String("registries", "", "hosts that images may come from, with commas between them")
	tell := flags.Bool("version", false, "print the version")
	_ = flags.Parse(arguments)
	if *tell {
		fmt.Println("judges", version)
		return nil
	}
	parsed, err := parseVersion(*kubernetes)
	if err != nil {
		return err
	}
	manifests, err := readManifests(flags.Arg(0))
	if err != nil {
		return err
	}
	known := settings{kubernetes: parsed, registries: strings.Split(*registries, ",")}
	output := json.NewEncoder(os.Stdout)
	for _, judge := range []judge{judgeByKubeScore, judgeByTrivy, judgeByPodSecurity} {
		findings, err := judge(manifests, known)
		if err != nil {
			return err
		}
		for _, finding := range findings {
			if err := output.Encode(finding); err != nil {
				return err
			}
		}
	}
	return nil
}
