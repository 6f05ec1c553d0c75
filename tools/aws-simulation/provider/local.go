package provider

import (
	"crypto/rand"
	"fmt"
	"hash/crc32"
	"math/big"
	"strings"

	"hello/aws-simulation/account"
	"hello/aws-simulation/facts"
)

// compute does what the small providers do, as far as modules use them.
func compute(kind string, values map[string]any) {
	switch kind {
	case "random_password":
		if values["result"] == unknown {
			values["result"] = randomText(values, "length", 16)
		}
	case "null_resource":
		if values["id"] == unknown {
			values["id"] = facts.Hex(16)
		}
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

func checksum(text string) string {
	return fmt.Sprint(crc32.ChecksumIEEE([]byte(text)))
}
