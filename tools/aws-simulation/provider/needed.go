package provider

import (
	"bytes"
	"cmp"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

var typeName = regexp.MustCompile(`aws_[a-z0-9_]+`)

// needed are the types that a run in the current folder can ask for: those that its configuration names, with the
// modules that `init` brought, and those that its state has.
func needed(accounts string) map[string]bool {
	data := cmp.Or(os.Getenv("TF_DATA_DIR"), ".terraform")
	texts := [][]byte{state(data, accounts)}
	for _, file := range configuration(data) {
		text, _ := os.ReadFile(file)
		texts = append(texts, text)
	}
	types := map[string]bool{}
	for _, name := range typeName.FindAll(bytes.Join(texts, []byte("\n")), -1) {
		types[string(name)] = true
	}
	return types
}

// configuration are the files of the root module and of those that it calls.
func configuration(data string) []string {
	var manifest struct{ Modules []struct{ Dir string } }
	readJSON(filepath.Join(data, "modules/modules.json"), &manifest)
	folders := map[string]bool{".": true}
	for _, module := range manifest.Modules {
		folders[module.Dir] = true
	}
	files := []string{}
	for folder := range folders {
		for _, pattern := range []string{"*.tf", "*.tofu", "*.tf.json", "*.tofu.json"} {
			found, _ := filepath.Glob(filepath.Join(folder, pattern))
			files = append(files, found...)
		}
	}
	return files
}

// state is the text of the state; where that is no local file, the folders of the accounts, of which it must be.
func state(data, accounts string) []byte {
	var initialised struct {
		Backend struct {
			Type   string
			Config struct{ Path string }
		}
	}
	readJSON(filepath.Join(data, "terraform.tfstate"), &initialised)
	if kind := initialised.Backend.Type; kind != "" && kind != "local" {
		folders, _ := filepath.Glob(filepath.Join(accounts, "*/*/aws_*"))
		return []byte(strings.Join(folders, "\n"))
	}
	text, _ := os.ReadFile(cmp.Or(initialised.Backend.Config.Path, "terraform.tfstate"))
	return text
}

// readJSON leaves the target as it is where there is no such file.
func readJSON(file string, target any) {
	if text, err := os.ReadFile(file); err == nil {
		_ = json.Unmarshal(text, target)
	}
}
