// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package classify

import (
	"bytes"
	"cmp"
	"encoding/json"
)

// details is what the body of an error response says.
type details struct{ code, message, param string }

// findDetails looks at the body as JSON, whatever its media type: servers get
// that wrong, and a body that is not JSON has no details. The nested object is
// the more precise one and goes first.
func findDetails(body []byte) details {
	body = bytes.TrimPrefix(body, []byte("\xef\xbb\xbf")) // a byte order mark, RFC 8259 §8.1
	top := parseObject(body)
	if top == nil {
		top = parseObject(firstElement(body))
	}
	nested := parseObject(top["error"])
	first := firstElement(top["errors"])
	listed := parseObject(first)
	plain := scalar(top["error"])

	d := details{
		code: cmp.Or(nested.get("code"), top.get("code"), plain,
			nested.kind(), top.kind(), listed.get("code"), listed.kind()),
		message: cmp.Or(nested.message(), top.message(), listed.message(), scalar(first)),
		param:   cmp.Or(nested.get("param"), top.get("param"), listed.get("param")),
	}
	if d.message == "" && plain != d.code {
		d.message = plain
	}
	return d
}

// object holds the members of a JSON object. A nil object has none.
type object map[string]json.RawMessage

// parseObject reads as many members as there are: a body that was cut short
// has said its code already, most of the time.
func parseObject(data []byte) object {
	dec := json.NewDecoder(bytes.NewReader(data))
	if open, err := dec.Token(); err != nil || open != json.Delim('{') {
		return nil
	}
	o := make(object)
	for dec.More() {
		token, err := dec.Token()
		name, ok := token.(string)
		if err != nil || !ok {
			break
		}
		var value json.RawMessage
		if dec.Decode(&value) != nil {
			break
		}
		o[name] = value
	}
	return o
}

// firstElement returns the first element of a JSON array.
func firstElement(data []byte) json.RawMessage {
	dec := json.NewDecoder(bytes.NewReader(data))
	if open, err := dec.Token(); err != nil || open != json.Delim('[') {
		return nil
	}
	var value json.RawMessage
	if dec.Decode(&value) != nil {
		return nil
	}
	return value
}

// scalar returns a string or the digits of a number, and "" for all else.
func scalar(value json.RawMessage) string {
	if len(value) == 0 {
		return ""
	}
	switch c := value[0]; {
	case c == '"':
		var s string
		if json.Unmarshal(value, &s) != nil {
			return ""
		}
		return s
	case c == '-' || '0' <= c && c <= '9':
		return string(value)
	}
	return ""
}

func (o object) get(name string) string { return scalar(o[name]) }

func (o object) message() string {
	return cmp.Or(o.get("message"), o.get("detail"), o.get("title"), o.get("error_description"))
}

// kind is the type of a problem or of an error. "about:blank" says no more
// than the status does (RFC 9457 §4.2.1).
func (o object) kind() string {
	if kind := o.get("type"); kind != "about:blank" {
		return kind
	}
	return ""
}
