package editor

import (
	"net/http"
	"net/url"
	"strings"
)

// mounted says where a request finds the editor.
type mounted struct {
	// prefix is the path of the editor as browsers see it, without a slash at the end.
	prefix string
	// path is the rest, with a slash at the start, and escaped as in the request. It is empty for the prefix itself.
	path string
}

// locate finds the prefix in a request. A configured one counts, whether it is still in the request's path or has been
// stripped. Otherwise it is what has been stripped from the path, and then the pattern of [http.ServeMux] that led
// here.
func locate(configured string, r *http.Request) mounted {
	path := r.URL.EscapedPath()
	if configured != "" {
		if rest, ok := cutPath(path, escapePath(configured)); ok {
			return mounted{prefix: configured, path: rest}
		}
		return mounted{prefix: configured, path: slashed(path)}
	}
	stripped := ""
	if whole, err := url.ParseRequestURI(r.RequestURI); err == nil {
		if before, ok := strings.CutSuffix(whole.EscapedPath(), path); ok {
			stripped = strings.TrimRight(before, "/")
		}
		// StripPrefix leaves nothing of "/editor" itself.
		if path == "" {
			stripped = strings.TrimRight(whole.EscapedPath(), "/")
			if strings.HasSuffix(whole.EscapedPath(), "/") {
				path = "/"
			}
		}
	}
	if stripped != "" && !validPrefix(unescapePath(stripped)) {
		stripped = ""
	}
	if pattern := subtree(r.Pattern); pattern != "" {
		if rest, ok := cutPath(path, escapePath(pattern)); ok {
			return mounted{prefix: unescapePath(stripped) + pattern, path: rest}
		}
	}
	if path == "" && stripped != "" {
		return mounted{prefix: unescapePath(stripped)}
	}
	return mounted{prefix: unescapePath(stripped), path: slashed(path)}
}

// subtree returns the path of a pattern of [http.ServeMux] that matches whole subtrees, without the slash at its end. It
// is empty for other patterns, and for those with wildcards.
func subtree(pattern string) string {
	_, pattern, _ = strings.Cut(pattern, "/")
	pattern = "/" + pattern
	if !strings.HasSuffix(pattern, "/") || strings.Contains(pattern, "{") {
		return ""
	}
	pattern = unescapePath(strings.TrimRight(pattern, "/"))
	if !validPrefix(pattern) {
		return ""
	}
	return pattern
}

// cutPath removes a prefix that ends where a segment of the path does.
func cutPath(path, prefix string) (string, bool) {
	rest, ok := strings.CutPrefix(path, prefix)
	return rest, ok && (rest == "" || rest[0] == '/')
}

// validPrefix reports whether a path can be a prefix: it starts with one slash, so that no browser takes it for the
// name of a host, has no empty or dotted segments, and no slash at its end.
func validPrefix(prefix string) bool {
	segments, ok := strings.CutPrefix(prefix, "/")
	if !ok {
		return false
	}
	for segment := range strings.SplitSeq(segments, "/") {
		if segment == "" || segment == "." || segment == ".." || strings.ContainsAny(segment, "\\?#") {
			return false
		}
	}
	return true
}

func slashed(path string) string {
	if !strings.HasPrefix(path, "/") {
		return "/" + path
	}
	return path
}

func escapePath(path string) string { return (&url.URL{Path: path}).EscapedPath() }

func unescapePath(path string) string {
	plain, err := url.PathUnescape(path)
	if err != nil {
		return path
	}
	return plain
}
