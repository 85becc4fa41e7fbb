package main

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// manifest is a file with one object.
type manifest struct {
	path string
	text []byte
}

// kubernetesVersion is the minor version that manifests are judged for.
type kubernetesVersion struct{ major, minor int }

func parseVersion(text string) (kubernetesVersion, error) {
	var version kubernetesVersion
	if _, err := fmt.Sscanf(text, "%d.%d", &version.major, &version.minor); err != nil {
		return version, fmt.Errorf("--kubernetes is %q; it must be a version such as 1.36", text)
	}
	return version, nil
}

// readManifests reads every YAML file below a directory, in the order of their paths.
func readManifests(directory string) ([]manifest, error) {
	var manifests []manifest
	err := filepath.WalkDir(directory, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".yaml") {
			return err
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		relative, err := filepath.Rel(directory, path)
		manifests = append(manifests, manifest{path: filepath.ToSlash(relative), text: text})
		return err
	})
	if err == nil && len(manifests) == 0 {
		err = fmt.Errorf("there are no manifests in %q", directory)
	}
	return manifests, err
}
