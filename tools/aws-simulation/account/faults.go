package account

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
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

// Call reads the faults of a folder of accounts, refuses what they deny and takes its share of the seconds that AWS takes.
func Call(folder, call, kind, region string, seconds float64) Faults {
	var faults Faults
	text, err := os.ReadFile(filepath.Join(folder, "faults.json"))
	if errors.Is(err, fs.ErrNotExist) {
		return faults
	}
	Check(err)
	Check(json.Unmarshal(text, &faults))
	home := region
	if home == Global {
		home = "us-east-1"
	}
	if slices.Contains(faults.Gone, home) {
		Refuse("RequestError: send request failed, dial tcp: lookup %s.%s.amazonaws.com: no such host", kind, home)
	}
	for _, pattern := range faults.Deny {
		if denied, _ := path.Match(pattern, call+" "+kind); denied {
			Refuse("AccessDeniedException: not authorized to %s %s", call, kind)
		}
	}
	time.Sleep(time.Duration(faults.Latency * seconds * float64(time.Second)))
	return faults
}

// Write makes a change, unless its number is one that fails.
func (f Faults) Write(folder string, do func()) {
	count := 0
	if f.Throttle > 0 || f.Crash > 0 {
		file := filepath.Join(folder, "writes")
		text, _ := os.ReadFile(file)
		before, _ := strconv.Atoi(string(text))
		count = before + 1
		Check(os.WriteFile(file, []byte(strconv.Itoa(count)), 0o644))
	}
	if f.Throttle > 0 && count%f.Throttle == 0 {
		Refuse("ThrottlingException: Rate exceeded (maximum number of attempts, 25)")
	}
	crash := f.Crash > 0 && count == f.Crash
	if crash && !f.CrashAfter {
		os.Exit(3)
	}
	do()
	if crash {
		os.Exit(3)
	}
}
