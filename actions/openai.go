package actions

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/openai/openai-go/v3"
	"github.com/openai/openai-go/v3/option"

	"github.com/workflowkit/workflowkit-go/workflowkit"
)

// Defaults of [OpenAIConfig].
const (
	DefaultOpenAIBaseURL = "https://api.openai.com/v1"
	DefaultOpenAIModel   = "gpt-4o-mini"
	DefaultOpenAITimeout = 2 * time.Minute
	// DefaultMaxDocument is what fits into one answer of the default model with room to spare: 64 KiB.
	DefaultMaxDocument = 64 << 10
)

// maxResponse bounds the body of an answer, in bytes: many times the largest document that a model can return.
const maxResponse = 4 << 20

var (
	// ErrDocumentTooLong says that a post is longer, or more complicated, than the text model takes.
	ErrDocumentTooLong = errors.New("post is too long or too complicated for the text model")
	// ErrNoAnswer says that a text model answered without a text.
	ErrNoAnswer = errors.New("text model gave an empty answer")
	// ErrTruncated says that a text model stopped before the end of its text.
	ErrTruncated = errors.New("text model stopped before the end of its answer: the post is too long for it")
	// ErrRefused says that a text model, or a filter around it, refused to answer.
	ErrRefused = errors.New("text model refused to answer")
)

// OpenAIConfig says how to reach a service that speaks OpenAI's Chat Completions API: OpenAI, LiteLLM and many others.
// [OpenAIFromEnvironment] reads one from environment variables.
type OpenAIConfig struct {
	// APIKey is sent as a bearer token. It is required and appears in no error and no log.
	APIKey string
	// BaseURL is the address under which "chat/completions" is. Empty means [DefaultOpenAIBaseURL].
	BaseURL string
	// Model is the model's name at the service. Empty means [DefaultOpenAIModel].
	Model string
	// Timeout is how long one answer may take. Zero means [DefaultOpenAITimeout].
	Timeout time.Duration
	// MaxDocument is the length of the longest post that is sent, in bytes. Zero means [DefaultMaxDocument].
	MaxDocument int
	// HTTPClient makes the requests. Nil means a client of its own with the default transport.
	HTTPClient *http.Client
}

// OpenAI is a [TextModel] behind OpenAI's Chat Completions API. It makes one request for each call of Generate, since
// the step around it is retried. It is safe for concurrent use.
type OpenAI struct {
	completions openai.ChatCompletionService
	config      OpenAIConfig
	host        string
}

var _ TextModel = (*OpenAI)(nil)

// NewOpenAI returns a text model. It returns an error for a configuration that cannot work and makes no request.
func NewOpenAI(config OpenAIConfig) (*OpenAI, error) {
	config.APIKey = strings.TrimSpace(config.APIKey)
	if config.BaseURL == "" {
		config.BaseURL = DefaultOpenAIBaseURL
	}
	if config.Model == "" {
		config.Model = DefaultOpenAIModel
	}
	if config.Timeout == 0 {
		config.Timeout = DefaultOpenAITimeout
	}
	if config.MaxDocument == 0 {
		config.MaxDocument = DefaultMaxDocument
	}
	if config.HTTPClient == nil {
		config.HTTPClient = &http.Client{}
	}
	base, err := config.check()
	if err != nil {
		return nil, fmt.Errorf("openai text model: %w", err)
	}
	return &OpenAI{
		config: config, host: base.Host,
		// The service alone, and not openai.NewClient, which would also take keys, headers and addresses from the
		// environment that this configuration does not mention.
		completions: openai.NewChatCompletionService(
			option.WithBaseURL(base.String()),
			option.WithAPIKey(config.APIKey),
			option.WithHTTPClient(config.HTTPClient),
			option.WithMaxRetries(0),
			option.WithMiddleware(limitResponse),
		),
	}, nil
}

func (c OpenAIConfig) check() (*url.URL, error) {
	if c.APIKey == "" {
		return nil, errors.New("API key is empty")
	}
	for _, r := range c.APIKey {
		if r <= ' ' || r > '~' {
			return nil, errors.New("API key holds a character that no key has")
		}
	}
	if c.Timeout < 0 {
		return nil, fmt.Errorf("timeout is %v, a positive duration is needed", c.Timeout)
	}
	if c.MaxDocument < 0 {
		return nil, fmt.Errorf("longest document is %d bytes, a positive number is needed", c.MaxDocument)
	}
	base, err := url.Parse(c.BaseURL)
	switch {
	case err != nil:
		return nil, errors.New("base URL is not a URL") // The parser's message would repeat it, secrets included.
	case base.Scheme != "http" && base.Scheme != "https", base.Host == "":
		return nil, errors.New("base URL is not an http:// or https:// address")
	case base.User != nil:
		return nil, errors.New("base URL holds a user name or password")
	case base.RawQuery != "" || base.Fragment != "":
		return nil, errors.New("base URL holds a query or a fragment")
	}
	return base, nil
}

// Model returns the name of the model that is asked for.
func (m *OpenAI) Model() string { return m.config.Model }

// Host returns the host, and port if there is one, to which requests go.
func (m *OpenAI) Host() string { return m.host }

// Generate implements [TextModel]. Its errors are of three kinds: those that another attempt may cure, which are plain;
// those for which the service said when to come back, which hold a [workflowkit.RetryAtError]; and those that no attempt
// can cure, which are marked by [workflowkit.NoRetryError]. Answers of the service other than a text are a
// *[ServiceError].
func (m *OpenAI) Generate(ctx context.Context, prompt Prompt) (Text, error) {
	text, err := m.generate(ctx, prompt)
	if err != nil {
		return Text{}, fmt.Errorf("text model %q at %s: %w", m.config.Model, m.host, err)
	}
	return text, nil
}

func (m *OpenAI) generate(ctx context.Context, prompt Prompt) (Text, error) {
	if n := len(prompt.Document) + len(prompt.Title); n > m.config.MaxDocument {
		return Text{}, workflowkit.NoRetryError(fmt.Errorf("%w: %d bytes, the limit is %d", ErrDocumentTooLong, n, m.config.MaxDocument))
	}
	system, user := prompt.Messages()
	callCtx, cancel := context.WithTimeout(ctx, m.config.Timeout)
	defer cancel()
	var response *http.Response
	completion, err := m.completions.New(callCtx, openai.ChatCompletionNewParams{
		Model: m.config.Model,
		Messages: []openai.ChatCompletionMessageParamUnion{
			openai.SystemMessage(system),
			openai.UserMessage(user),
		},
	}, option.WithResponseInto(&response))
	if err != nil {
		if ctx.Err() != nil {
			return Text{}, ctx.Err()
		}
		if errors.Is(err, context.DeadlineExceeded) {
			return Text{}, fmt.Errorf("no answer within %v", m.config.Timeout)
		}
		return Text{}, m.explain(err, response)
	}
	content, err := answerOf(completion)
	if err != nil {
		return Text{}, err
	}
	content = unwrap(content, prompt)
	if content == "" {
		return Text{}, ErrNoAnswer
	}
	return Text{Content: content, Model: m.config.Model}, nil
}

// answerOf returns the text of a completion, or what is wrong with it.
func answerOf(completion *openai.ChatCompletion) (string, error) {
	if len(completion.Choices) == 0 {
		return "", ErrNoAnswer
	}
	choice := completion.Choices[0]
	switch {
	case choice.Message.Refusal != "":
		return "", workflowkit.NoRetryError(fmt.Errorf("%w: %s", ErrRefused, clip(choice.Message.Refusal, 200)))
	case choice.FinishReason == "content_filter":
		return "", workflowkit.NoRetryError(fmt.Errorf("%w: a content filter stopped the answer", ErrRefused))
	case choice.FinishReason == "length":
		return "", workflowkit.NoRetryError(ErrTruncated)
	case strings.TrimSpace(choice.Message.Content) == "":
		// Models are not deterministic: the next answer may be a text.
		return "", ErrNoAnswer
	}
	return choice.Message.Content, nil
}
