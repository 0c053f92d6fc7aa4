import Signals

/// The schema of an event; `docs/feedback.md` says what each kind needs.
enum FeedbackEventSchema {
    static var json: [String: Any] {
        let text: [String: Any] = ["type": "string"]
        let number: [String: Any] = ["type": "number"]
        let texts: [String: Any] = ["type": "array", "items": text]
        let numbers: [String: Any] = ["type": "array", "items": number]
        let common: [String: Any] = [
            "id": ["type": "string", "description": "Names the event for ever."],
            "judge": ["type": "string", "description": "Who said it."],
            "prompt": ["type": "string", "description": "What it answers."],
            "time": [
                "description": "When: seconds since 1970-01-01 UTC or ISO 8601; the server's where left out.",
                "oneOf": [number, text],
            ],
            "weight": number,
            "groups": ["type": "object", "additionalProperties": text],
            "features": ["type": "object", "additionalProperties": number],
            "itemFeatures": ["type": "object", "additionalProperties": numbers],
            "decision": ["type": "string", "description": "The id of the decision that it answers."],
        ]
        let own: [String: Any] = [
            "kind": ["type": "string", "enum": Feedback.Kind.allCases.map(\.rawValue)],
            "left": text, "right": text, "outcome": text, "first": text, "probability": number,
            "margin": number,
            "ranking": ["type": "array"], "unplaced": texts, "chosen": text, "among": texts, "item": text,
            "score": number, "scores": ["type": "object", "additionalProperties": number], "scale": numbers,
            "up": ["type": "boolean"], "slots": ["type": "array"], "decisionId": text, "action": text,
            "propensities": numbers, "policy": text, "value": number, "propensity": number,
            "steps": ["type": "array"], "items": texts, "statistic": text, "text": text, "task": text,
            "label": text, "gold": text,
        ]
        return [
            "type": "object", "required": ["kind"], "additionalProperties": false,
            "properties": common.merging(own) { $1 },
        ]
    }
}
