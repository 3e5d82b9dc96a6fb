// SPDX-FileCopyrightText: 2026 The surefoot authors
// SPDX-License-Identifier: MIT

package oauth2

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"

	"github.com/surefoot-go/surefoot/compat/rig"
	"github.com/surefoot-go/surefoot/retry"
)

// A source gives the tokens of the op that is under way.
type source struct{ oauth2.TokenSource }

type session struct {
	url            string
	ctx            context.Context //nolint:containedctx // it is how the SDK is given its client
	style          oauth2.AuthStyle
	tokens         *source
	above, beneath *http.Client
}

func (s *session) session() rig.Session {
	return rig.Session{Ops: []rig.Op{
		{Name: "GET", Before: s.fresh, Do: s.get(func() *http.Client { return s.above })},
		{Name: "GET, token beneath", Before: s.fresh, Do: s.get(func() *http.Client { return s.beneath })},
		{Name: "token that is not known", Before: s.unknown, Do: s.refused},
		{Name: "client credentials that may be repeated", Do: func(ctx context.Context) (string, error) {
			return s.credentials(retry.Idempotent(ctx))
		}},
		{Name: "client credentials", Write: true, Do: s.credentials},
		{Name: "refresh above", Write: true, Before: s.expired, Deaf: deaf, Do: s.get(func() *http.Client { return s.above })},
		{Name: "refresh beneath", Write: true, Before: s.expired, Deaf: deaf, Nested: true, Do: s.get(func() *http.Client { return s.beneath })},
		{Name: "POST", Write: true, Before: s.fresh, Do: s.order},
	}}
}

// deaf is why a token whose answer stops in the middle is waited for until the
// server hangs up, or Timeout of the client in newContext's context ends it.
const deaf = "the SDK asks for a token with the context that it was built with"

// ask asks for a token without the SDK.
func (s *session) ask(ctx context.Context) (*oauth2.Token, error) {
	body := strings.NewReader("grant_type=client_credentials")
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.url+"/token", body)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.SetBasicAuth(clientID, clientSecret)
	resp, err := http.DefaultClient.Do(req) //nolint:forbidigo // nothing of it is changed
	if err != nil {
		return nil, err
	}
	var token oauth2.Token
	return &token, errors.Join(json.NewDecoder(resp.Body).Decode(&token), resp.Body.Close())
}

// use makes tokens what both clients get theirs from. The one above has a new
// SDK client, because that keeps its token for as long as it is good.
func (s *session) use(tokens oauth2.TokenSource) {
	s.tokens.TokenSource = tokens
	s.above = oauth2.NewClient(s.ctx, tokens)
}

// fresh makes the next token one that is there and good.
func (s *session) fresh(ctx context.Context) error {
	token, err := s.ask(ctx)
	s.use(oauth2.StaticTokenSource(token))
	return err
}

// unknown makes it one that the API does not take.
func (s *session) unknown(context.Context) error {
	s.use(oauth2.StaticTokenSource(&oauth2.Token{AccessToken: strconv.FormatInt(time.Now().UnixNano(), 10)}))
	return nil
}

// expired makes it one that has to be refreshed first.
func (s *session) expired(ctx context.Context) error {
	token, err := s.ask(ctx)
	if err != nil {
		return err
	}
	token.Expiry = time.Now().Add(-time.Hour)
	conf := oauth2.Config{
		ClientID: clientID, ClientSecret: clientSecret,
		Endpoint: oauth2.Endpoint{TokenURL: s.url + "/token", AuthStyle: s.style},
	}
	s.use(conf.TokenSource(s.ctx, token)) //nolint:contextcheck // it outlives the op, as a program's does
	return nil
}

func (s *session) get(client func() *http.Client) func(context.Context) (string, error) {
	return func(ctx context.Context) (string, error) {
		status, body, err := s.do(ctx, client(), http.MethodGet, "/me", nil)
		if err == nil && status != http.StatusOK {
			err = fmt.Errorf("%d %s", status, body)
		}
		return body, err
	}
}

func (s *session) order(ctx context.Context) (string, error) {
	status, body, err := s.do(ctx, s.above, http.MethodPost, "/orders", strings.NewReader("{}"))
	if err == nil && status != http.StatusCreated {
		err = fmt.Errorf("%d %s", status, body)
	}
	return body, err
}

// refused is answered with a 401, which is an answer.
func (s *session) refused(ctx context.Context) (string, error) {
	status, body, err := s.do(ctx, s.above, http.MethodGet, "/me", nil)
	if err == nil && status != http.StatusUnauthorized {
		err = fmt.Errorf("%d %s", status, body)
	}
	return fmt.Sprint(status, " ", body), err
}

func (s *session) do(ctx context.Context, c *http.Client, method, path string, body io.Reader) (int, string, error) {
	req, err := http.NewRequestWithContext(ctx, method, s.url+path, body)
	if err != nil {
		return 0, "", err
	}
	resp, err := c.Do(req)
	if err != nil {
		return 0, "", err
	}
	raw, err := io.ReadAll(resp.Body)
	return resp.StatusCode, strings.TrimSpace(string(raw)), errors.Join(err, resp.Body.Close())
}

// credentials asks for a token. A second one harms nobody, so a program may say
// in the context that it may be asked for again; of a refresh token it may not.
func (s *session) credentials(ctx context.Context) (string, error) {
	conf := clientcredentials.Config{
		ClientID: clientID, ClientSecret: clientSecret, TokenURL: s.url + "/token", AuthStyle: s.style,
	}
	token, err := conf.Token(context.WithValue(ctx, oauth2.HTTPClient, s.ctx.Value(oauth2.HTTPClient)))
	if err != nil {
		return "", err
	}
	return fmt.Sprint(token.Type(), " ", token.Valid()), nil
}
