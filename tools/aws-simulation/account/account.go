// Package account is the simulated AWS: a folder with one JSON file a resource, shared by all who are given it.
//
//	<folder>/<account id>/<region or global>/<type>/<id>.json
//
// What goes wrong in here is a panic; the provider's boundary makes a diagnostic of it (provider.diagnose).
package account

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
)

// Global is the place of what belongs to no region.
const Global = "global"

// Resource is one thing in the account.
type Resource struct {
	Type   string `json:"type"`
	ID     string `json:"id"`
	Region string `json:"region"`
	// MadeBy is the ID of the resource that AWS made this one along with, and deletes it with.
	MadeBy string `json:"made_by,omitempty"`
	// MadeByType is its type: others, such as the rotation of a secret, have the same ID.
	MadeByType string         `json:"made_by_type,omitempty"`
	Attributes map[string]any `json:"attributes"`
	// Secret has the write-only values, which no state ever has.
	Secret map[string]any `json:"write_only,omitempty"`
}

// Account is one AWS account in a folder of accounts.
type Account struct {
	Folder string
	ID     string
}

// Check panics with an error, if there is one.
func Check(err error) {
	if err != nil {
		panic(err)
	}
}

// Refuse panics with AWS's answer to a call that it doesn't carry out.
func Refuse(format string, values ...any) {
	panic(fmt.Errorf("api error "+format, values...))
}

func (a Account) file(kind, region, id string) string {
	return filepath.Join(a.Folder, a.ID, region, kind, url.PathEscape(id)+".json")
}

// Get returns a resource, or nil where there is none.
func (a Account) Get(kind, region, id string) *Resource {
	return read(a.file(kind, region, id))
}

func read(file string) *Resource {
	text, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	Check(err)
	resource := &Resource{}
	if err := json.Unmarshal(text, resource); err != nil {
		panic(fmt.Errorf("%s: %w", file, err))
	}
	return resource
}

// Put writes a resource, whole or not at all.
func (a Account) Put(r *Resource) {
	file := a.file(r.Type, r.Region, r.ID)
	text, err := json.MarshalIndent(r, "", "  ")
	Check(err)
	Check(os.MkdirAll(filepath.Dir(file), 0o755))
	Check(os.WriteFile(file+".part", text, 0o644))
	Check(os.Rename(file+".part", file))
}

// Delete removes a resource and what AWS made along with it, wherever that is, unless its maker is one of the same name there.
func (a Account) Delete(r *Resource) {
	gone := a.Find("*", "*", func(child *Resource) bool {
		return child.MadeBy == r.ID && child.MadeByType == r.Type &&
			(child.Region == r.Region || a.Get(r.Type, child.Region, r.ID) == nil)
	})
	for _, r := range append(gone, r) {
		if err := os.Remove(a.file(r.Type, r.Region, r.ID)); !errors.Is(err, fs.ErrNotExist) {
			Check(err)
		}
	}
}

// Find returns the resources of a type in a region that pass the test, by region and ID; * is every type, every region.
func (a Account) Find(kind, region string, test func(*Resource) bool) []*Resource {
	files, err := filepath.Glob(filepath.Join(a.Folder, a.ID, region, kind, "*.json"))
	Check(err)
	var found []*Resource
	for _, file := range files {
		// One may be gone since the folder was listed.
		if r := read(file); r != nil && test(r) {
			found = append(found, r)
		}
	}
	slices.SortFunc(found, func(x, y *Resource) int { return strings.Compare(x.Region+x.ID, y.Region+y.ID) })
	return found
}

// Locked runs the function while nobody else changes the accounts of the folder.
func Locked(folder string, do func()) {
	Check(os.MkdirAll(folder, 0o755))
	lock, err := os.OpenFile(filepath.Join(folder, "lock"), os.O_CREATE|os.O_RDWR, 0o644)
	Check(err)
	defer lock.Close()
	Check(syscall.Flock(int(lock.Fd()), syscall.LOCK_EX))
	do()
}
