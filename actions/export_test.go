package actions

// What the tests check directly, because there are more cases than a server or a run is worth.
var (
	Unwrap     = unwrap
	SplitPosts = splitPosts
	RetryAfter = retryAfter
	ApprovalOf = approvalOf
	DecisionOf = decisionOf
)
