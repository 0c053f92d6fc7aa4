import HeedAPI
import Signals

/// Reading and writing decisions without reflection: they are asked for thousands of times a second.
extension DecideRequest {
    init(json: JSONValue) throws {
        guard json.kind == .object else {
            throw APIError(.unprocessableContent, "invalid", "an object is expected")
        }
        self.init()
        for (key, value) in json.members where !value.isNull {
            let name = key.string ?? ""
            switch name {
            case "id": id = try value.text(name)
            case "judge": judge = try value.text(name)
            case "prompt": prompt = try value.text(name)
            case "by":
                guard let kind = ModelKind(rawValue: try value.text(name)) else {
                    throw value.refusal(name, "policy or ranker")
                }
                by = kind
            case "slate":
                guard let number = value.number, let whole = Int(exactly: number) else {
                    throw value.refusal(name, "a whole number")
                }
                slate = whole
            case "actions":
                guard value.kind == .array else { throw value.refusal(name, "a list of texts") }
                actions = try value.elements.map { try $0.text(name) }
            case "features": features = try value.entries(name) { try $0.finite(name) }
            case "groups": groups = try value.entries(name) { try $0.text(name) }
            default: throw key.refusal(name, "id, features, actions, judge, prompt, groups, slate or by")
            }
        }
    }
}

extension JSONValue {
    fileprivate func refusal(_ field: String, _ expected: String) -> APIError {
        APIError(
            .unprocessableContent, "invalid", "\(field) is \(excerpt); \(expected) is expected",
            field: String(field.prefix(80)))
    }

    fileprivate func text(_ field: String) throws -> String {
        guard let string else { throw refusal(field, "a text") }
        return string
    }

    fileprivate func finite(_ field: String) throws -> Double {
        guard let number, number.isFinite else { throw refusal(field, "a number") }
        return number
    }

    fileprivate func entries<Value>(_ field: String, _ read: (JSONValue) throws -> Value) throws -> [String:
        Value]
    {
        guard kind == .object else { throw refusal(field, "an object") }
        var result: [String: Value] = [:]
        for (key, value) in members {
            if result.updateValue(try read(value), forKey: key.string ?? "") != nil {
                throw key.refusal(field, "each key once")
            }
        }
        return result
    }
}

extension DecideResponse {
    /// The response in JSON, as `JSONEncoder` would write it.
    func json() -> [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(160 + propensities.count * 40 + (slate?.count ?? 0) * 100)
        var object = JSONObjectText(&out)
        object.text("action", action, &out)
        object.text("decision", decision, &out)
        object.text("model", model, &out)
        object.numbers("propensities", propensities, &out)
        object.number("propensity", propensity, &out)
        if let slate {
            object.key("slate", &out)
            JSONText.append(slate, to: &out) { place, out in
                var inner = JSONObjectText(&out)
                inner.text("action", place.action, &out)
                inner.text("decision", place.decision, &out)
                inner.number("propensity", place.propensity, &out)
                inner.close(&out)
            }
        }
        object.close(&out)
        return out
    }
}
