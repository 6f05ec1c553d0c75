package provider

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"math/big"
	"os/exec"
	"strings"

	"hello/aws-simulation/facts"
)

// compute does what the small providers do: those of random and external that modules use; null_resource needs nothing.
func compute(kind string, values map[string]any) error {
	switch kind {
	case "random_id":
		length, _ := values["byte_length"].(float64)
		if values["hex"] != unknown {
			return nil
		}
		bytes := make([]byte, int(length))
		rand.Read(bytes)
		prefix, _ := values["prefix"].(string)
		values["hex"], values["dec"] = prefix+hex.EncodeToString(bytes), prefix+new(big.Int).SetBytes(bytes).String()
		values["b64_url"], values["b64_std"] = prefix+base64.RawURLEncoding.EncodeToString(bytes), prefix+base64.StdEncoding.EncodeToString(bytes)
		values["id"] = base64.RawURLEncoding.EncodeToString(bytes)
	case "random_password", "random_string":
		if values["result"] == nil || values["result"] == unknown {
			values["result"] = randomText(values, "length", 16, "")
		}
		if kind == "random_string" {
			values["id"] = values["result"]
		} else if _, has := values["id"]; has {
			values["id"] = "none"
		}
	case "null_resource", "null_data_source":
		if values["id"] == unknown {
			values["id"] = facts.Hex(16)
		}
	case "external":
		return external(values)
	default:
		return fmt.Errorf("the simulation can't compute %s: add it to provider/local.go", kind)
	}
	return nil
}

// randomText makes a password; the argument of its length and that of the characters to leave out differ by provider.
func randomText(values map[string]any, lengthArgument string, length int, excludeArgument string) string {
	if given, ok := values[lengthArgument].(float64); ok {
		length = int(given)
	}
	letters := "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
	special := "!@#$%&*()-_=+[]{}<>:?"
	if own, ok := values["override_special"].(string); ok && own != "" {
		special = own
	}
	if values["special"] != false && values["exclude_punctuation"] != true {
		letters += special
	}
	if exclude, ok := values[excludeArgument].(string); ok {
		letters = strings.Map(func(r rune) rune {
			if strings.ContainsRune(exclude, r) {
				return -1
			}
			return r
		}, letters)
	}
	text := make([]byte, length)
	for i := range text {
		n, _ := rand.Int(rand.Reader, big.NewInt(int64(len(letters))))
		text[i] = letters[n.Int64()]
	}
	return string(text)
}

// external runs a program that reads its query and writes its result as JSON.
func external(values map[string]any) error {
	program := texts(values["program"])
	query, err := json.Marshal(values["query"])
	if err != nil {
		return err
	}
	command := exec.Command(program[0], program[1:]...)
	command.Stdin = strings.NewReader(string(query))
	command.Dir, _ = values["working_dir"].(string)
	output, err := command.Output()
	if err != nil {
		return fmt.Errorf("%s: %w", program[0], err)
	}
	var result map[string]any
	if err := json.Unmarshal(output, &result); err != nil {
		return fmt.Errorf("%s: %w", program[0], err)
	}
	values["result"], values["id"] = result, "-"
	return nil
}

func checksum(text string) string {
	return fmt.Sprint(crc32.ChecksumIEEE([]byte(text)))
}
