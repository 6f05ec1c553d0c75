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

	"hello/aws-simulation/account"
	"hello/aws-simulation/facts"
)

// compute does what the small providers do, as far as modules use them.
func compute(kind string, values map[string]any) {
	switch kind {
	case "random_id":
		if values["hex"] == unknown {
			bytes := make([]byte, int(values["byte_length"].(float64)))
			rand.Read(bytes)
			prefix, _ := values["prefix"].(string)
			values["hex"], values["dec"] = prefix+hex.EncodeToString(bytes), prefix+new(big.Int).SetBytes(bytes).String()
			values["id"] = base64.RawURLEncoding.EncodeToString(bytes)
			values["b64_url"], values["b64_std"] = prefix+fmt.Sprint(values["id"]), prefix+base64.StdEncoding.EncodeToString(bytes)
		}
	case "random_password", "random_string":
		if values["result"] == unknown {
			values["result"] = randomText(values, "length", 16)
		}
	case "null_resource":
		if values["id"] == unknown {
			values["id"] = facts.Hex(16)
		}
	case "external":
		external(values)
	default:
		panic("the simulation can't compute " + kind + ": add it to provider/local.go")
	}
}

// randomText makes a password; the argument of its length has a name of its own in each provider.
func randomText(values map[string]any, lengthArgument string, length int) string {
	if given, ok := values[lengthArgument].(float64); ok {
		length = int(given)
	}
	letters := "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
	if special, _ := values["override_special"].(string); special != "" {
		letters += special
	} else if values["special"] != false && values["exclude_punctuation"] != true {
		letters += "!@#$%&*()-_=+[]{}<>:?"
	}
	if exclude, ok := values["exclude_characters"].(string); ok {
		letters = strings.Map(func(letter rune) rune {
			if strings.ContainsRune(exclude, letter) {
				return -1
			}
			return letter
		}, letters)
	}
	text := make([]byte, length)
	for i := range text {
		n, err := rand.Int(rand.Reader, big.NewInt(int64(len(letters))))
		account.Check(err)
		text[i] = letters[n.Int64()]
	}
	return string(text)
}

// external runs a program that reads its query and writes its result as JSON.
func external(values map[string]any) {
	program := texts(values["program"])
	command := exec.Command(program[0], program[1:]...)
	command.Stdin = strings.NewReader(string(asJSON(values["query"])))
	command.Dir, _ = values["working_dir"].(string)
	output, err := command.Output()
	account.Check(err)
	var result map[string]any
	account.Check(json.Unmarshal(output, &result))
	values["result"], values["id"] = result, "-"
}

func checksum(text string) string {
	return fmt.Sprint(crc32.ChecksumIEEE([]byte(text)))
}
