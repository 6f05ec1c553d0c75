package account

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Faults is what goes wrong, read from faults.json in the folder of accounts before each call.
type Faults struct {
	// Latency is the share of the time that AWS takes: 1 as slow as AWS, 0 (the default) at once.
	Latency float64 `json:"latency"`
	// Deny lists calls such as "create aws_s3_bucket" or "* aws_kms_*" that end in AccessDenied; * stands for any letters.
	Deny []string `json:"deny"`
	// Throttle makes each write whose number it divides end in a ThrottlingException; 0 none.
	Throttle int `json:"throttle"`
	// Crash ends the provider at the write of this number, counted from when the faults were set; 0 never.
	Crash int `json:"crash"`
	// CrashAfter lets that write happen first: the account has what no state knows.
	CrashAfter bool `json:"crash_after"`
	// Gone lists the regions where nothing answers.
	Gone []string `json:"gone"`
}

// ReadFaults returns the faults set for a folder of accounts.
func ReadFaults(folder string) (Faults, error) {
	var faults Faults
	text, err := os.ReadFile(filepath.Join(folder, "faults.json"))
	if errors.Is(err, fs.ErrNotExist) {
		return faults, nil
	}
	if err != nil {
		return faults, err
	}
	return faults, json.Unmarshal(text, &faults)
}

// Reach fails where the region or the call is out of reach. What is global is served from us-east-1.
func (f Faults) Reach(call, kind, region string) error {
	home := region
	if home == Global {
		home = "us-east-1"
	}
	if slices.Contains(f.Gone, home) {
		return fmt.Errorf("request send failed, dial tcp: lookup %s.%s.amazonaws.com: no such host", kind, home)
	}
	for _, pattern := range f.Deny {
		if ok, _ := path.Match(pattern, call+" "+kind); ok {
			return fmt.Errorf("api error AccessDeniedException: not authorized to %s %s", call, kind)
		}
	}
	return nil
}

// Wait takes its share of the seconds that AWS takes.
func (f Faults) Wait(seconds float64) {
	time.Sleep(time.Duration(f.Latency * seconds * float64(time.Second)))
}

// Write counts a write, and fails it where the settings say so. The function it returns is called after the write.
func (f Faults) Write(folder string) (func(), error) {
	none := func() {}
	if f.Throttle == 0 && f.Crash == 0 {
		return none, nil
	}
	file := filepath.Join(folder, "writes")
	text, _ := os.ReadFile(file)
	count, _ := strconv.Atoi(strings.TrimSpace(string(text)))
	count++
	if err := os.WriteFile(file, []byte(strconv.Itoa(count)), 0o644); err != nil {
		return none, err
	}
	if f.Throttle > 0 && count%f.Throttle == 0 {
		return none, errors.New("exceeded maximum number of attempts, 25, api error ThrottlingException: Rate exceeded")
	}
	if count == f.Crash {
		crash := func() { os.Exit(3) }
		if f.CrashAfter {
			return crash, nil
		}
		crash()
	}
	return none, nil
}
