// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package kubernetes

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

const (
	collection = "/api/v1/namespaces/default/configmaps"
	// firstVersion is what an object that was just created has. Real clusters
	// count for all objects together; what a client may do with it is the same.
	firstVersion = "1"
)

// A service is an API server with config maps only: versions and their
// conflicts, generated names, server-side apply, watches, and errors that are
// a Status.
type service struct {
	http.ServeMux
	mu       sync.Mutex
	made     int
	maps     map[string]*corev1.ConfigMap
	watchers map[chan metav1.WatchEvent]string // the name that each one watches
}

func newService() *service {
	s := &service{maps: make(map[string]*corev1.ConfigMap), watchers: make(map[chan metav1.WatchEvent]string)}
	s.HandleFunc("GET "+collection, func(w http.ResponseWriter, req *http.Request) {
		if req.URL.Query().Get("watch") == "true" {
			s.watch(w, req)
			return
		}
		s.list(w, req)
	})
	s.HandleFunc("POST "+collection, s.locked(s.create))
	s.HandleFunc("GET "+collection+"/{name}", s.locked(s.get))
	s.HandleFunc("PUT "+collection+"/{name}", s.locked(s.update))
	s.HandleFunc("PATCH "+collection+"/{name}", s.locked(s.apply))
	s.HandleFunc("DELETE "+collection+"/{name}", s.locked(s.remove))
	return s
}

// locked is for handlers that do not stream.
func (s *service) locked(h http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, req *http.Request) {
		s.mu.Lock()
		defer s.mu.Unlock()
		h(w, req)
	}
}

func send(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // a client that is gone is not our business
}

// store keeps m and tells those who watch it.
func (s *service) store(m *corev1.ConfigMap, event string) {
	version, _ := strconv.Atoi(m.ResourceVersion) // empty is none
	m.ResourceVersion = strconv.Itoa(version + 1)
	m.TypeMeta = metav1.TypeMeta{APIVersion: "v1", Kind: "ConfigMap"}
	m.Namespace = "default"
	s.maps[m.Name] = m
	s.tell(event, m)
}

func (s *service) get(w http.ResponseWriter, req *http.Request) {
	m, found := s.maps[req.PathValue("name")]
	if !found {
		refuse(w, metav1.StatusReasonNotFound, req.PathValue("name"))
		return
	}
	send(w, http.StatusOK, m)
}

func (s *service) list(w http.ResponseWriter, req *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := corev1.ConfigMapList{
		TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "ConfigMapList"},
		ListMeta: metav1.ListMeta{ResourceVersion: "1"},
	}
	if m, found := s.maps[selected(req)]; found {
		all.Items = append(all.Items, *m)
	}
	send(w, http.StatusOK, all)
}

// selected is the name that is asked for, which is the only selector known here.
func selected(req *http.Request) string {
	return strings.TrimPrefix(req.URL.Query().Get("fieldSelector"), "metadata.name=")
}

func (s *service) create(w http.ResponseWriter, req *http.Request) {
	m := new(corev1.ConfigMap)
	if json.NewDecoder(req.Body).Decode(m) != nil {
		refuse(w, metav1.StatusReasonBadRequest, "")
		return
	}
	if m.Name == "" {
		s.made++
		m.Name = m.GenerateName + strconv.Itoa(s.made)
	}
	if _, found := s.maps[m.Name]; found {
		refuse(w, metav1.StatusReasonAlreadyExists, m.Name)
		return
	}
	s.store(m, "ADDED")
	send(w, http.StatusCreated, m)
}

func (s *service) update(w http.ResponseWriter, req *http.Request) {
	m, old := new(corev1.ConfigMap), s.maps[req.PathValue("name")]
	switch err := json.NewDecoder(req.Body).Decode(m); {
	case err != nil:
		refuse(w, metav1.StatusReasonBadRequest, "")
	case old == nil:
		refuse(w, metav1.StatusReasonNotFound, req.PathValue("name"))
	case m.ResourceVersion != "" && m.ResourceVersion != old.ResourceVersion:
		refuse(w, metav1.StatusReasonConflict, m.Name)
	default:
		m.ResourceVersion = old.ResourceVersion
		s.store(m, "MODIFIED")
		send(w, http.StatusOK, m)
	}
}

// apply makes what the patch says, whether there was anything or not. Real
// servers leave the version alone if nothing changes, and so does this.
func (s *service) apply(w http.ResponseWriter, req *http.Request) {
	m, old := new(corev1.ConfigMap), s.maps[req.PathValue("name")]
	if req.Header.Get("Content-Type") != "application/apply-patch+yaml" || json.NewDecoder(req.Body).Decode(m) != nil {
		refuse(w, metav1.StatusReasonBadRequest, "") // JSON is YAML, and all that is understood here
		return
	}
	if old != nil && fmt.Sprint(old.Data) == fmt.Sprint(m.Data) {
		send(w, http.StatusOK, old)
		return
	}
	s.store(m, "MODIFIED")
	send(w, http.StatusOK, m)
}

func (s *service) remove(w http.ResponseWriter, req *http.Request) {
	m, found := s.maps[req.PathValue("name")]
	if !found {
		refuse(w, metav1.StatusReasonNotFound, req.PathValue("name"))
		return
	}
	delete(s.maps, m.Name)
	s.tell("DELETED", m)
	send(w, http.StatusOK, status(http.StatusOK, metav1.Status{Status: metav1.StatusSuccess}))
}
