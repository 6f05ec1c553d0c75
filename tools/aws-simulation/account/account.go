// Package account is the simulated AWS: a folder with one JSON file a resource, shared by all who are given it.
//
//	<folder>/<account id>/<region or global>/<type>/<id>.json
package account

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
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
	MadeBy     string         `json:"made_by,omitempty"`
	Attributes map[string]any `json:"attributes"`
	// Secret has the write-only values, which no state ever has.
	Secret map[string]any `json:"write_only,omitempty"`
}

// Account is one AWS account in a folder of accounts.
type Account struct {
	Folder string
	ID     string
}

func (a Account) file(kind, region, id string) string {
	name := url.PathEscape(id)
	if len(name) > 200 {
		sum := sha256.Sum256([]byte(id))
		name = name[:180] + hex.EncodeToString(sum[:8])
	}
	return filepath.Join(a.Folder, a.ID, region, kind, name+".json")
}

// Get returns a resource, or nil where there is none.
func (a Account) Get(kind, region, id string) (*Resource, error) {
	return read(a.file(kind, region, id))
}

func read(file string) (*Resource, error) {
	text, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var resource Resource
	if err := json.Unmarshal(text, &resource); err != nil {
		return nil, errors.New(file + ": " + err.Error())
	}
	return &resource, nil
}

// Put writes a resource, whole or not at all.
func (a Account) Put(r *Resource) error {
	file := a.file(r.Type, r.Region, r.ID)
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		return err
	}
	text, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	if err := os.WriteFile(file+".part", text, 0o644); err != nil {
		return err
	}
	return os.Rename(file+".part", file)
}

// Delete removes a resource and what AWS made along with it.
func (a Account) Delete(r *Resource) error {
	if err := os.Remove(a.file(r.Type, r.Region, r.ID)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return a.each("*", "*", func(child *Resource) error {
		if child.MadeBy == r.ID {
			return os.Remove(a.file(child.Type, child.Region, child.ID))
		}
		return nil
	})
}

// Find returns the resources of a type (with * of every type) in a region (with * in every one) that pass the test, by ID.
func (a Account) Find(kind, region string, test func(*Resource) bool) ([]*Resource, error) {
	var found []*Resource
	err := a.each(kind, region, func(r *Resource) error {
		if test == nil || test(r) {
			found = append(found, r)
		}
		return nil
	})
	slices.SortFunc(found, func(x, y *Resource) int { return strings.Compare(x.Region+x.ID, y.Region+y.ID) })
	return found, err
}

func (a Account) each(kind, region string, do func(*Resource) error) error {
	files, err := filepath.Glob(filepath.Join(a.Folder, a.ID, region, kind, "*.json"))
	if err != nil {
		return err
	}
	for _, file := range files {
		resource, err := read(file)
		if err != nil {
			return err
		}
		// One that is gone since the folder was listed.
		if resource == nil {
			continue
		}
		if err := do(resource); err != nil {
			return err
		}
	}
	return nil
}

// Locked runs the function while nobody else changes the accounts of the folder.
func Locked(folder string, do func() error) error {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	lock, err := os.OpenFile(filepath.Join(folder, "lock"), os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return err
	}
	defer lock.Close()
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX); err != nil {
		return err
	}
	return do()
}
