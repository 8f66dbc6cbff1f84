package inngest

// platforms are the variables by which hosts are recognised, and the names that Inngest knows them by.
var platforms = []struct{ variable, name string }{
	{"VERCEL", "vercel"},
	{"NETLIFY", "netlify"},
	{"CF_PAGES", "cloudflare-pages"},
	{"RENDER", "render"},
	{"RAILWAY_ENVIRONMENT", "railway"},
}

// detectPlatform returns the name of the platform that hosts the process, or nothing.
func detectPlatform(env func(name string) string) string {
	for _, p := range platforms {
		if on, _ := parseDev(env(p.variable)); on {
			return p.name
		}
	}
	if region := env("AWS_REGION"); region != "" {
		return "aws-" + region
	}
	return ""
}
