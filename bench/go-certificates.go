// What Go's standard library takes to make a leaf of the same content: printed as processor microseconds for each.
// Usage: go run bench/go-certificates.go p256|rsa2048 SECONDS
package main

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"fmt"
	"math/big"
	"os"
	"strconv"
	"syscall"
	"time"
)

func main() {
	key := newKey(os.Args[1])
	leafKey := newKey(os.Args[1])
	seconds, err := strconv.ParseFloat(os.Args[2], 64)
	check(err)
	now := time.Now()
	ca := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Bench CA"},
		NotBefore: now.Add(-time.Hour), NotAfter: now.AddDate(10, 0, 0),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign, SubjectKeyId: make([]byte, 20),
	}
	serial := new(big.Int).Lsh(big.NewInt(1), 126)
	leaf := &x509.Certificate{
		SerialNumber: serial, Subject: pkix.Name{CommonName: "bench.example"},
		NotBefore: now, NotAfter: now.AddDate(0, 0, 198),
		DNSNames:    []string{"bench.example", "*.bench.example", "www.bench.example"},
		KeyUsage:    x509.KeyUsageDigitalSignature,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}, BasicConstraintsValid: true,
		PolicyIdentifiers:     []asn1.ObjectIdentifier{{2, 23, 140, 1, 2, 1}},
		OCSPServer:            []string{"http://127.0.0.1:4566/ca/ocsp"},
		IssuingCertificateURL: []string{"http://127.0.0.1:4566/ca/ec1.crt"},
		CRLDistributionPoints: []string{"http://127.0.0.1:4566/ca/ec1.crl"},
	}
	made := 0
	before := cpu()
	for end := now.Add(time.Duration(seconds * float64(time.Second))); time.Now().Before(end); made++ {
		_, err := x509.CreateCertificate(rand.Reader, leaf, ca, leafKey.Public(), key)
		check(err)
	}
	fmt.Printf("%.3f\n", float64(cpu()-before)/float64(made))
}

func newKey(kind string) crypto.Signer {
	if kind == "rsa2048" {
		key, err := rsa.GenerateKey(rand.Reader, 2048)
		check(err)
		return key
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	check(err)
	return key
}

func cpu() int64 {
	var usage syscall.Rusage
	check(syscall.Getrusage(syscall.RUSAGE_SELF, &usage))
	return (usage.Utime.Sec+usage.Stime.Sec)*1e6 + int64(usage.Utime.Usec+usage.Stime.Usec)
}

func check(err error) {
	if err != nil {
		panic(err)
	}
}
