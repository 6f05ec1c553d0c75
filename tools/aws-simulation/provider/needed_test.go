package provider

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestNeeded(t *testing.T) {
	t.Chdir(t.TempDir())
	write := func(file, text string) {
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	expect := func(what, wanted string) {
		if got := slices.Sorted(maps.Keys(needed("accounts"))); strings.Join(got, " ") != wanted {
			t.Errorf("%s: %v, not %s", what, got, wanted)
		}
	}
	write("accounts/123456789012/eu-west-1/aws_in_account/1.json", "{}")
	expect("an empty folder", "")
	write("main.tf", `resource "aws_in_root" "this" {}`)
	write("called/main.tf.json", `{"resource":{"aws_in_module":{}}}`)
	write("not-called/main.tf", `resource "aws_elsewhere" "this" {}`)
	write(".terraform/modules/modules.json", `{"Modules":[{"Dir":"."},{"Dir":"called"}]}`)
	write("terraform.tfstate", `{"resources":[{"type":"aws_in_state"}]}`)
	expect("no backend", "aws_in_module aws_in_root aws_in_state")
	write("elsewhere.tfstate", `{"resources":[{"type":"aws_in_other_state"}]}`)
	write(".terraform/terraform.tfstate", `{"backend":{"type":"local","config":{"path":"elsewhere.tfstate"}}}`)
	expect("a local backend", "aws_in_module aws_in_other_state aws_in_root")
	write(".terraform/terraform.tfstate", `{"backend":{"type":"s3","config":{"path":null}}}`)
	expect("another backend", "aws_in_account aws_in_module aws_in_root")
	t.Setenv("TF_DATA_DIR", "data")
	expect("another folder of data", "aws_in_root aws_in_state")
}
