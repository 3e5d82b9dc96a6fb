// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

// Package gogithub is the case of go-github.
package gogithub

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"

	"github.com/google/go-github/v89/github"

	"github.com/surefoot-go/surefoot/compat/rig"
	"github.com/surefoot-go/surefoot/retry"
	"github.com/surefoot-go/surefoot/transport"
)

// Case is go-github.
func Case() rig.Case {
	failures := append(rig.Unkeyed("create an issue"), rig.Unkeyed("rename an issue")...)
	return rig.Case{
		Name: "go-github", Module: "github.com/google/go-github/v89", Page: "sdk-payments-and-rest",
		Server: "hand-written", Installed: "`WithTransport`", OwnRetries: "none",
		Answer: answer, Start: start, Install: install,
		Failures: append(failures,
			rig.Gone("delete a branch", "422"),
			rig.Failure{
				Op: "create a file", Faults: []rig.Fault{rig.CutAfter}, Err: "422",
				Why: "the first PUT did its work, and a second one would have to name the file that it replaces",
			}),
	}
}

// docs:begin install

// newClient returns a client for a token.
func newClient(token string, sdk []github.ClientOptionsFunc, opts ...transport.Option) (*github.Client, error) {
	t, err := transport.New(nil, opts...)
	if err != nil {
		return nil, err
	}
	return github.NewClient(append(sdk, github.WithTransport(t), github.WithAuthToken(token))...)
}

// docs:end install

// docs:begin idempotent

// rename says that it may be repeated: to give the same title twice is to give
// it once. Without that a PATCH is sent once.
func rename(ctx context.Context, client *github.Client, number int, title string) (*github.Issue, error) {
	ctx = retry.Idempotent(ctx)
	issue, _, err := client.Issues.Edit(ctx, owner, repo, number, &github.IssueRequest{Title: &title})
	return issue, err
}

// docs:end idempotent

const owner, repo = "octocat", "hello-world"

func install(env rig.Env) (rig.Session, error) {
	base := env.URL + "/"
	client, err := github.NewClient(github.WithURLs(&base, &base), github.WithAuthToken("ghp_1"))
	if env.Surefoot {
		client, err = newClient("ghp_1", []github.ClientOptionsFunc{github.WithURLs(&base, &base)}, env.Options...)
	}
	s := &session{Client: client}
	return rig.Session{Ops: []rig.Op{
		{Name: "get a repository", Do: calm(s.repository)},
		{Name: "list labels", Do: calm(s.labels)},
		{Name: "read a file", Do: calm(s.read)},
		{Name: "create a file", Do: calm(s.write)},
		{Name: "star", Do: calm(s.star)},
		{Name: "create an issue", Write: true, Do: calm(s.create)},
		{Name: "rename an issue", Write: true, Do: calm(s.edit)},
		{Name: "rename an issue, which may be repeated", Do: calm(s.rename)},
		{Name: "delete a branch", Before: s.branch, Do: calm(s.unbranch)},
	}}, err
}

// calm calls do in a context in which the SDK sends a request although it was
// told of a limit: it would refuse to for a second, without asking the server.
func calm(do func(context.Context) (string, error)) func(context.Context) (string, error) {
	return func(ctx context.Context) (string, error) {
		return do(context.WithValue(ctx, github.BypassRateLimitCheck, true))
	}
}

type session struct {
	*github.Client
	files atomic.Int64
}

func (s *session) repository(ctx context.Context) (string, error) {
	r, _, err := s.Repositories.Get(ctx, owner, repo)
	return r.GetFullName(), err
}

// labels reads all pages.
func (s *session) labels(ctx context.Context) (string, error) {
	var names []string
	for label, err := range s.Issues.ListLabelsIter(ctx, owner, repo, nil) {
		if err != nil {
			return "", err
		}
		names = append(names, label.GetName())
	}
	return strings.Join(names, " "), nil
}

func (s *session) read(ctx context.Context) (string, error) {
	file, _, _, err := s.Repositories.GetContents(ctx, owner, repo, "README.md", nil)
	if err != nil {
		return "", err
	}
	return file.GetContent()
}

func (s *session) write(ctx context.Context) (string, error) {
	message := "add notes"
	made, _, err := s.Repositories.CreateFile(ctx, owner, repo, fmt.Sprintf("notes-%d.md", s.files.Add(1)),
		&github.RepositoryContentFileOptions{Message: &message, Content: []byte("notes")})
	if err != nil {
		return "", err
	}
	return made.GetMessage(), nil
}

func (s *session) star(ctx context.Context) (string, error) {
	resp, err := s.Activity.Star(ctx, owner, repo)
	if err != nil {
		return "", err
	}
	return resp.Status, nil
}

func (s *session) create(ctx context.Context) (string, error) {
	title := "It is broken"
	issue, _, err := s.Issues.Create(ctx, owner, repo, &github.IssueRequest{Title: &title})
	return issue.GetTitle(), err
}

func (s *session) edit(ctx context.Context) (string, error) {
	title := "It works"
	issue, _, err := s.Issues.Edit(ctx, owner, repo, 1, &github.IssueRequest{Title: &title})
	return issue.GetTitle(), err
}

func (s *session) rename(ctx context.Context) (string, error) {
	issue, err := rename(ctx, s.Client, 1, "It works")
	return issue.GetTitle(), err
}

func (s *session) branch(ctx context.Context) error {
	ctx = context.WithValue(ctx, github.BypassRateLimitCheck, true)
	_, _, err := s.Git.CreateRef(ctx, owner, repo, github.CreateRef{Ref: "refs/heads/old", SHA: sha})
	return err
}

func (s *session) unbranch(ctx context.Context) (string, error) {
	resp, err := s.Git.DeleteRef(ctx, owner, repo, "heads/old")
	if err != nil {
		return "", err
	}
	return resp.Status, nil
}
