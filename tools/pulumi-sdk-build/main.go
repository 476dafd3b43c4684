// Generates a package of a Pulumi plugin's schema for a language (go, nodejs, python), with Pulumi's own generators:
//
//	pulumi-sdk FOLDER LANGUAGE < schema.json
//
// The schema is checked as Pulumi checks it; what is wrong with it is printed, and nothing is written.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	gogen "github.com/pulumi/pulumi/pkg/v3/codegen/go"
	"github.com/pulumi/pulumi/pkg/v3/codegen/nodejs"
	"github.com/pulumi/pulumi/pkg/v3/codegen/python"
	"github.com/pulumi/pulumi/pkg/v3/codegen/schema"
)

func main() {
	if err := generate(os.Args[1], os.Args[2]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func generate(folder, language string) error {
	var spec schema.PackageSpec
	if err := json.NewDecoder(os.Stdin).Decode(&spec); err != nil {
		return err
	}
	// Without loaders of other packages, since the schema refers to none.
	bound, diagnostics, err := schema.BindSpec(spec, schema.NewNullLoader(), schema.ValidationOptions{})
	if err != nil {
		return err
	}
	if diagnostics.HasErrors() {
		return diagnostics
	}
	files, err := filesOf(bound, language)
	if err != nil {
		return err
	}
	for name, content := range files {
		file := filepath.Join(folder, name)
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(file, content, 0o644); err != nil {
			return err
		}
	}
	return nil
}

func filesOf(bound *schema.Package, language string) (map[string][]byte, error) {
	const tool = "pulumi-sdk"
	switch language {
	case "go":
		return gogen.GeneratePackage(tool, bound, nil)
	case "nodejs":
		return nodejs.GeneratePackage(tool, bound, nil, nil, false, nil)
	case "python":
		return python.GeneratePackage(tool, bound, nil, nil)
	default:
		return nil, fmt.Errorf("no generator for %s: one of go, nodejs and python", language)
	}
}
