package actions

import (
	"errors"
	"log/slog"
	"strings"
)

// OpenAIFromEnvironment reads a configuration from environment variables, by a function such as [os.Getenv]. It returns
// false if no key is set.
//
//   - LITELLM_API_KEY and LITELLM_BASE_URL: a LiteLLM proxy. The address goes before OPENAI_API_KEY, because whoever
//     names a proxy wants posts to go nowhere else.
//   - OPENAI_API_KEY, with OPENAI_BASE_URL for other addresses than [DefaultOpenAIBaseURL].
//   - OPENAI_MODEL: the model, [DefaultOpenAIModel] if it is empty.
//
// An address of a proxy without its key is an error, and so is the key of a proxy as the only key, without an address.
func OpenAIFromEnvironment(getenv func(string) string) (OpenAIConfig, bool, error) {
	get := func(name string) string { return strings.TrimSpace(getenv(name)) }
	config := OpenAIConfig{Model: get("OPENAI_MODEL")}
	proxyKey, proxyURL := get("LITELLM_API_KEY"), get("LITELLM_BASE_URL")
	switch {
	case proxyKey != "" && proxyURL != "":
		config.APIKey, config.BaseURL = proxyKey, proxyURL
	case proxyURL != "":
		return OpenAIConfig{}, false, errors.New("LITELLM_BASE_URL is set without LITELLM_API_KEY (any text will do for a proxy without keys)")
	case get("OPENAI_API_KEY") != "":
		config.APIKey, config.BaseURL = get("OPENAI_API_KEY"), get("OPENAI_BASE_URL")
	case proxyKey != "":
		return OpenAIConfig{}, false, errors.New("LITELLM_API_KEY is set without LITELLM_BASE_URL, the address of the proxy")
	default:
		return OpenAIConfig{}, false, nil
	}
	return config, true, nil
}

// ModelFromEnvironment returns the text model that environment variables ask for: [OpenAI] as [OpenAIFromEnvironment]
// reads it, or [Offline] without a key. It logs which one, at level info, or warn for the latter. A nil logger means
// no log.
func ModelFromEnvironment(getenv func(string) string, logger *slog.Logger) (TextModel, error) {
	if logger == nil {
		logger = slog.New(slog.DiscardHandler)
	}
	config, ok, err := OpenAIFromEnvironment(getenv)
	if err != nil {
		return nil, err
	}
	if !ok {
		logger.Warn("no OPENAI_API_KEY or LITELLM_API_KEY: texts are made offline, without a language model")
		return Offline{}, nil
	}
	model, err := NewOpenAI(config)
	if err != nil {
		return nil, err
	}
	logger.Info("texts are made by a language model", "model", model.Model(), "host", model.Host())
	return model, nil
}
