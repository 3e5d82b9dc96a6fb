// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package azblob

import (
	"encoding/xml"
	"io"
	"net/http"
	"slices"
	"strings"
)

// listing is the document of List Blobs.
type listing struct {
	XMLName         xml.Name     `xml:"EnumerationResults"`
	ServiceEndpoint string       `xml:"ServiceEndpoint,attr"`
	ContainerName   string       `xml:"ContainerName,attr"`
	Prefix          string       `xml:"Prefix"`
	Blobs           []listedBlob `xml:"Blobs>Blob"`
	NextMarker      string       `xml:"NextMarker"`
}

type listedBlob struct {
	Name          string `xml:"Name"`
	ETag          string `xml:"Properties>Etag"`
	LastModified  string `xml:"Properties>Last-Modified"`
	ContentLength int    `xml:"Properties>Content-Length"`
	BlobType      string `xml:"Properties>BlobType"`
}

func (s *service) list(w http.ResponseWriter, req *http.Request) {
	l := listing{
		ServiceEndpoint: "http://" + req.Host + "/" + account, ContainerName: container,
		Prefix: req.URL.Query().Get("prefix"),
	}
	for name, b := range s.blobs {
		if strings.HasPrefix(name, l.Prefix) {
			l.Blobs = append(l.Blobs, listedBlob{
				name, strings.Trim(b.etag, `"`), b.written.UTC().Format(http.TimeFormat), len(b.data), b.kind,
			})
		}
	}
	slices.SortFunc(l.Blobs, func(a, b listedBlob) int { return strings.Compare(a.Name, b.Name) })
	w.Header().Set("Content-Type", "application/xml")
	_, _ = io.WriteString(w, document(l)) // a client that is gone is not our business
}

// refuse sends an error as the service does: its code is in a header as well.
func refuse(w http.ResponseWriter, status int, code string) {
	header, body := failure(code)
	for name, values := range header {
		w.Header()[name] = values
	}
	w.WriteHeader(status)
	_, _ = io.WriteString(w, body) // as above
}

// answer is what the service sends with a status of trouble.
func answer(status int) (http.Header, string) {
	return failure(map[int]string{
		http.StatusTooManyRequests:     "TooManyRequests",
		http.StatusInternalServerError: "InternalError",
		http.StatusServiceUnavailable:  "ServerBusy",
	}[status])
}

func failure(code string) (http.Header, string) {
	header := http.Header{"Content-Type": {"application/xml"}, "X-Ms-Error-Code": {code}}
	return header, document(struct {
		XMLName       xml.Name `xml:"Error"`
		Code, Message string
	}{Code: code, Message: code + "."})
}

func document(v any) string {
	raw, err := xml.Marshal(v)
	if err != nil {
		return "" // these are made of strings and numbers, which can always be written
	}
	return xml.Header + string(raw)
}
