// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package kubernetes

import (
	"encoding/json"
	"net/http"
	"strconv"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
)

// tell sends an event to those who watch m. One who does not read is passed
// over: a real server would end that watch.
func (s *service) tell(event string, m *corev1.ConfigMap) {
	e := metav1.WatchEvent{Type: event, Object: runtime.RawExtension{Object: m.DeepCopy()}}
	for to, name := range s.watchers {
		if name != m.Name {
			continue
		}
		select {
		case to <- e:
		default:
		}
	}
}

// watch streams events: first what is there, then what happens, until the client
// goes or the time that it asked for is over.
func (s *service) watch(w http.ResponseWriter, req *http.Request) {
	events := make(chan metav1.WatchEvent, 16)
	s.mu.Lock()
	name := selected(req)
	if m, found := s.maps[name]; found {
		events <- metav1.WatchEvent{Type: "ADDED", Object: runtime.RawExtension{Object: m.DeepCopy()}}
	}
	s.watchers[events] = name
	s.mu.Unlock()
	defer func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.watchers, events)
	}()
	w.Header().Set("Content-Type", "application/json")
	seconds, _ := strconv.Atoi(req.URL.Query().Get("timeoutSeconds")) // the client's own writing
	end := time.NewTimer(time.Duration(seconds) * time.Second)
	defer end.Stop()
	flush := http.NewResponseController(w)
	for _ = flush.Flush(); ; _ = flush.Flush() { // a client that is gone ends the loop below
		select {
		case e := <-events:
			if json.NewEncoder(w).Encode(e) != nil {
				return
			}
		case <-end.C:
			return
		case <-req.Context().Done():
			return
		}
	}
}

// refuse answers with a Status, as the API server words it.
func refuse(w http.ResponseWriter, reason metav1.StatusReason, name string) {
	code, message := http.StatusBadRequest, "the request is not understood"
	switch reason { //nolint:exhaustive // those that this service has
	case metav1.StatusReasonNotFound:
		code, message = http.StatusNotFound, `configmaps "`+name+`" not found`
	case metav1.StatusReasonAlreadyExists:
		code, message = http.StatusConflict, `configmaps "`+name+`" already exists`
	case metav1.StatusReasonConflict:
		code, message = http.StatusConflict, `Operation cannot be fulfilled on configmaps "`+name+
			`": the object has been modified; please apply your changes to the latest version and try again`
	}
	send(w, code, status(code, metav1.Status{
		Status: metav1.StatusFailure, Reason: reason, Message: message,
		Details: &metav1.StatusDetails{Name: name, Kind: "configmaps"},
	}))
}

func status(code int, s metav1.Status) metav1.Status {
	s.TypeMeta = metav1.TypeMeta{APIVersion: "v1", Kind: "Status"}
	s.Code = int32(code) //nolint:gosec // a status code is small
	return s
}

// answer is what the API server sends with a status of trouble.
func answer(code int) (http.Header, string) {
	s := map[int]metav1.Status{
		http.StatusTooManyRequests: {
			Reason: metav1.StatusReasonTooManyRequests, Message: "too many requests, please try again later",
		},
		http.StatusInternalServerError: {
			Reason: metav1.StatusReasonInternalError, Message: "an error on the server has prevented the request from succeeding",
		},
		http.StatusServiceUnavailable: {
			Reason: metav1.StatusReasonServiceUnavailable, Message: "the server is currently unable to handle the request",
		},
	}[code]
	s.Status = metav1.StatusFailure
	raw, err := json.Marshal(status(code, s))
	if err != nil {
		return nil, "" // it is made of strings and numbers, which can always be written
	}
	return http.Header{"Content-Type": {"application/json"}}, string(raw)
}
