package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslambda"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3assets"
	"github.com/aws/jsii-runtime-go"
)

// goBuild compiles the function of the module at root. It is an awscdk.ILocalBundling, which jsii takes only as a
// pointer.
type goBuild struct {
	root         string
	architecture string // as stack.Options has it
	err          error  // why TryBundle brought nothing
}

// goArch names the architectures of Lambda as Go does.
var goArch = map[string]string{"arm64": "arm64", "x86_64": "amd64"}

// code returns the function as an asset whose hash depends on the compiled binary alone.
func (b *goBuild) code() awslambda.Code {
	return awslambda.Code_FromAsset(jsii.String(filepath.Join(b.root, "lambda")), &awss3assets.AssetOptions{
		AssetHashType: awscdk.AssetHashType_OUTPUT,
		Bundling: &awscdk.BundlingOptions{
			Image: awscdk.DockerImage_FromRegistry(jsii.String("unused")), // required, never pulled
			Local: b,
		},
	})
}

// lean keeps the compiler from copying small functions into the clients that the SDK generates, whose thousands of
// conversions make nothing faster: 1.7 of 20 MB.
const lean = "-gcflags=github.com/aws/aws-sdk-go-v2/service/...=-l"

// TryBundle compiles the function into outputDir. It always answers true, because false would make the CDK fall back to
// Docker. A failure is left in b.err, and outputDir is taken away: the CDK stops without it, and would take an empty
// one for the function in the next run.
func (b *goBuild) TryBundle(outputDir *string, _ *awscdk.BundlingOptions) *bool {
	build := exec.Command("go", "build",
		"-trimpath", "-buildvcs=false", lean, "-tags", "lambda.norpc", "-ldflags", "-s -w -buildid=",
		"-o", filepath.Join(*outputDir, "bootstrap"), "whystopped/lambda")
	build.Dir = b.root
	build.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS=linux", "GOARCH="+goArch[b.architecture])
	if output, err := build.CombinedOutput(); err != nil {
		b.err = fmt.Errorf("the function does not compile; correct this and run again: %w\n%s", err,
			bytes.TrimSpace(output))
		os.RemoveAll(*outputDir)
	}
	return jsii.Bool(true)
}

var _ awscdk.ILocalBundling = (*goBuild)(nil)
