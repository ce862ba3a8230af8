// Command infra is the CDK app that deploys whystopped: one rule, one function, the archive and what a failure of
// either needs.
//
// It synthesizes by itself, without an AWS account, credentials or Docker: `go run ./infra` anywhere in the module
// writes the template to cdk.out at its root, and the CDK command line, which runs the same command, gets the same
// template. It needs Node, on which the AWS CDK runs, and never compiles an AWS service client. What a deployment can
// be told is CDK context: -c of the CDK command line, context in cdk.json, which only that command line reads, or
// CDK_CONTEXT_JSON; see docs/options.md.
//
// `go run ./infra docs DIRECTORY` writes the pages that are printed from the options and rules of a deployment; it
// needs no Node.
package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"

	"whystopped/archive/stack"
)

func main() {
	do := func() error { return run(os.Stderr) }
	if len(os.Args) == 3 && os.Args[1] == "docs" {
		do = func() error { return writePages(os.Args[2]) }
	}
	if err := do(); err != nil {
		fmt.Fprintln(os.Stderr, "infra:", err)
		os.Exit(1)
	}
}

// run synthesizes into the directory that the CDK command line names in CDK_OUTDIR, or else into cdk.out at the module
// root and says so on stderr.
func run(stderr io.Writer) error {
	if err := findNode(); err != nil {
		return err
	}
	defer jsii.Close()
	root, err := moduleRoot()
	if err != nil {
		return err
	}
	outdir, driven := os.LookupEnv("CDK_OUTDIR")
	if !driven {
		outdir = filepath.Join(root, "cdk.out")
	}
	if err := synth(outdir, root); err != nil {
		return err
	}
	if !driven {
		fmt.Fprintln(stderr, "wrote the stack into", outdir)
	}
	return nil
}

// synth writes the cloud assembly of a deployment whose function is compiled from the module at root.
func synth(outdir, root string) (err error) {
	app := newApp(outdir)
	context, _ := app.Node().GetAllContext(nil).(map[string]any)
	o, err := parseOptions(context)
	if err != nil {
		return err
	}
	if err := inRegion(o, os.Getenv("CDK_DEFAULT_REGION")); err != nil {
		return err
	}
	build := &goBuild{root: root, architecture: o.Architecture}
	defer func() {
		// The CDK panics with what it refuses; why a bundling brought nothing, build knows.
		switch problem := recover().(type) {
		case nil:
		case runtime.Error:
			panic(problem)
		default:
			err = fmt.Errorf("the AWS CDK refuses the stack: %v", problem)
		}
		if build.err != nil {
			err = build.err
		}
	}()
	NewStack(app, o.Named(stack.Name), StackProps{Code: build.code(), Options: o})
	app.Synth(nil)
	return nil
}

// newApp returns an app whose settings stand here, above those of the CDK command line and cdk.json, so that both ways
// to synthesize give the same template.
func newApp(outdir string) awscdk.App {
	return awscdk.NewApp(&awscdk.AppProps{
		Outdir:             jsii.String(outdir),
		AnalyticsReporting: jsii.Bool(false),
		StackTraces:        jsii.Bool(false),
		PostCliContext: &map[string]any{
			"aws:cdk:enable-path-metadata":                     true,
			"aws:cdk:enable-asset-metadata":                    false,
			"@aws-cdk/aws-events:eventsTargetQueueSameAccount": true,
			"@aws-cdk/aws-iam:minimizePolicies":                true,
			"@aws-cdk/aws-lambda:useCdkManagedLogGroup":        true,
			"@aws-cdk/core:validateAgainstDefaultRules":        true,
		},
	})
}

// findNode reports whether the AWS CDK can run here.
func findNode() error {
	if _, err := exec.LookPath("node"); err != nil {
		return errors.New(
			"node is not on the PATH: install Node 22 or 24 (https://nodejs.org), on which the AWS CDK runs")
	}
	return nil
}

// moduleRoot returns the directory of the go.mod that the working directory belongs to.
func moduleRoot() (string, error) {
	out, err := exec.Command("go", "env", "GOMOD").Output()
	if err != nil {
		return "", fmt.Errorf("find the module root with go env GOMOD: %w", err)
	}
	gomod := strings.TrimSpace(string(out))
	if gomod == "" || gomod == os.DevNull {
		return "", errors.New(
			"the working directory is outside of any Go module: run this inside the whystopped module")
	}
	return filepath.Dir(gomod), nil
}
