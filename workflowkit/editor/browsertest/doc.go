// Package browsertest drives a headless Chromium in tests of pages, as a person with a mouse, a keyboard or a screen reader
// does: what a test uses is found by its role and its name in the accessibility tree.
//
//	page := browsertest.Open(t, url)
//	page.Click("button", "Save")
//	page.See("status", "Saved")
//
// A page on whose console anything goes wrong fails its test. Tests are skipped where there is no Chromium, unless
// WORKFLOWKIT_REQUIRE_ALL=1 says that nothing may be.
package browsertest
