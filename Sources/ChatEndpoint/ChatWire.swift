import Foundation
import Preferences

/// Requests and answers as they go over the wire.
enum ChatWire {
    private struct Message: Encodable {
        var role: String
        var content: String
    }

    private struct Request: Encodable {
        var model: String
        var messages: [Message]
        var temperature: Double
        var seed: UInt64?
        var tokens: Int
        var tokensField: String

        private struct Key: CodingKey {
            var stringValue: String
            var intValue: Int? { nil }
            init(stringValue: String) { self.stringValue = stringValue }
            init?(intValue: Int) { nil }
        }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: Key.self)
            try container.encode(model, forKey: Key(stringValue: "model"))
            try container.encode(messages, forKey: Key(stringValue: "messages"))
            try container.encode(temperature, forKey: Key(stringValue: "temperature"))
            try container.encodeIfPresent(seed, forKey: Key(stringValue: "seed"))
            try container.encode(tokens, forKey: Key(stringValue: tokensField))
        }
    }

    private struct Completion: Decodable {
        struct Choice: Decodable {
            struct Message: Decodable {
                var content: String?
                var refusal: String?
            }
            var message: Message
        }
        var choices: [Choice]
    }

    /// The body of a request. Seeds keep 63 bits, since servers read them as signed numbers.
    static func request(
        model: String, messages: [ChatMessage], options: ChatOptions, tokensField: String
    ) throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return try encoder.encode(
            Request(
                model: model, messages: messages.map { Message(role: $0.role.rawValue, content: $0.text) },
                temperature: options.temperature, seed: options.seed.map { $0 & 0x7FFF_FFFF_FFFF_FFFF },
                tokens: options.maximumTokens, tokensField: tokensField))
    }

    /// The text of an answer.
    static func text(_ body: Data) throws -> String {
        let completion: Completion
        do { completion = try JSONDecoder().decode(Completion.self, from: body) } catch {
            throw ChatError.unreadable("it is no chat completion: \(excerpt(body))")
        }
        guard let message = completion.choices.first?.message else {
            throw ChatError.unreadable("it has no choices")
        }
        guard let text = message.content else {
            throw ChatError.unreadable(
                message.refusal.map { "the model refused: \($0.prefix(500))" } ?? "it has no text")
        }
        return text
    }

    /// What a server says went wrong, in the forms that servers use; nil where it says nothing.
    static func message(_ body: Data) -> String? {
        if let object = try? JSONSerialization.jsonObject(with: body) as? [String: Any] {
            let error = object["error"] as? [String: Any]
            for found in [error?["message"], object["error"], object["message"], object["detail"]] {
                if let text = found as? String, !text.isEmpty { return text }
            }
        }
        let text = excerpt(body)
        return text.isEmpty ? nil : text
    }

    private static func excerpt(_ body: Data) -> String {
        String(String(decoding: body.prefix(800), as: UTF8.self).prefix(200))
    }
}

/// What a Retry-After header says.
enum RetryAfter {
    /// Seconds from now: the header holds them, or a date.
    static func seconds(_ text: String) -> Double? { seconds(text, now: Date()) }

    static func seconds(_ text: String, now: Date) -> Double? {
        if let seconds = Double(text.trimmingCharacters(in: .whitespaces)) {
            return seconds.isFinite ? max(0, seconds) : nil
        }
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.timeZone = TimeZone(secondsFromGMT: 0)
        formatter.dateFormat = "EEE, dd MMM yyyy HH:mm:ss zzz"
        return formatter.date(from: text).map { max(0, $0.timeIntervalSince(now)) }
    }
}
