// Package finding turns a failure into a verdict: evidence in, one verdict with its confidence, its reasons and the
// next step out.
//
// Read takes what a package manager printed, or its debug log, apart; what it does not find there it leaves empty. The
// agent adds what it can ask: which credential counts, whom it belongs to, what the registry shows with it and without
// it. Judge decides. It guesses at nothing: where the evidence fits several causes, the verdict is the likeliest with
// the others named beside it, and where it fits none the verdict is Unknown, with what to send to whom.
//
// No text here is shown to a user: verdicts, reasons and steps are codes with arguments, and the catalogues have the
// words. No value holds a secret.
package finding
