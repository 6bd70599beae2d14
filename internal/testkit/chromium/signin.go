package chromium

import "testing"

// SignIn opens a login page, fills in the user name and the password, submits them, and returns the
// text of the page that follows. With a screenshot path, that page is kept as a PNG.
//
// The page must have fields named username and password and one submit button, as those of the test
// registry and of the demo registry have.
func SignIn(t testing.TB, url, user, password, screenshot string) string {
	t.Helper()
	b := Start(t)
	b.Open(url)
	b.Type("input[name=username]", user)
	b.Type("input[name=password]", password)
	b.Click("button[type=submit]")
	b.Gone("input[name=password]")
	if screenshot != "" {
		b.Screenshot(screenshot)
	}
	return b.Text()
}
