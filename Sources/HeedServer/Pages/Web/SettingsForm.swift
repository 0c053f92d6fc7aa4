import Foundation
import HeedAPI
import Serving

/// The settings as a form sends them.
struct SettingsForm: Sendable {
    private var changes: [@Sendable (inout SpaceSettings) -> Void] = []

    /// Reads a form; a field that is not there changes nothing.
    ///
    /// - Throws: `ServiceError.invalid`.
    init(_ form: FormData) throws {
        if let question = form["question"] { changes.append { $0.question = question } }
        if let text = form["items"] {
            let items = try ItemsText.items(text)
            changes.append { $0.items = items }
        }
        if let text = form["actions"] {
            let actions = ItemsText.lines(text)
            changes.append { $0.actions = actions }
        }
        if let policy = form["policy"] {
            changes.append { $0.policy = policy.trimmingCharacters(in: .whitespaces) }
        }
        let shown = try Self.whole(form, "shown"), after = try Self.whole(form, "retrainAfter")
        if let shown { changes.append { $0.shown = shown } }
        if let after { changes.append { $0.retrainAfter = after } }
        if let pause = try Self.number(form, "retrainPause") { changes.append { $0.retrainPause = pause } }
        if form["retentionDays"] != nil {
            let days = try Self.number(form, "retentionDays")
            changes.append { $0.retentionDays = days }
        }
        if let text = form["rewards"] {
            let rewards = try Self.rewards(text)
            changes.append { $0.rewards = rewards }
        }
        if let goal = try Self.choice(SpaceSettings.Goal.self, form, "goal") {
            changes.append { $0.goal = goal }
        }
        if let promotion = try Self.choice(SpaceSettings.Promotion.self, form, "promotion") {
            changes.append { $0.promotion = promotion }
        }
        if let suspects = try Self.choice(SpaceSettings.Suspects.self, form, "suspects") {
            changes.append { $0.suspects = suspects }
        }
    }

    /// Changes the settings as the form says.
    func apply(to settings: inout SpaceSettings) { for change in changes { change(&settings) } }

    /// Reads what an invitation is to be.
    ///
    /// - Throws: `ServiceError.invalid`.
    static func invitation(_ form: FormData) throws -> InvitationRequest {
        let judge = (form["judge"] ?? "").trimmingCharacters(in: .whitespaces)
        return InvitationRequest(judge: judge.isEmpty ? nil : judge, hours: try number(form, "hours"))
    }

    private static func number(_ form: FormData, _ name: String) throws -> Double? {
        guard let text = form[name]?.trimmingCharacters(in: .whitespaces), !text.isEmpty else { return nil }
        guard let value = Double(text), value.isFinite else {
            throw ServiceError.invalid(field: name, value: String(text.prefix(40)), expected: "a number")
        }
        return value
    }

    private static func whole(_ form: FormData, _ name: String) throws -> Int? {
        guard let value = try number(form, name) else { return nil }
        guard let whole = Int(exactly: value) else {
            throw ServiceError.invalid(field: name, value: "\(value)", expected: "a whole number")
        }
        return whole
    }

    private static func rewards(_ text: String) throws -> [Double]? {
        let words = text.split { $0 == " " || $0 == "," || $0 == ";" }
        if words.isEmpty { return nil }
        let values = words.compactMap { Double($0) }
        guard values.count == words.count else {
            throw ServiceError.invalid(
                field: "rewards", value: String(text.prefix(40)),
                expected: "the smallest and the largest, such as 0 1")
        }
        return values
    }

    private static func choice<T: RawRepresentable<String>>(_ type: T.Type, _ form: FormData, _ name: String)
        throws -> T?
    {
        guard let text = form[name] else { return nil }
        guard let value = T(rawValue: text) else {
            throw ServiceError.invalid(
                field: name, value: String(text.prefix(40)), expected: "one of the choices")
        }
        return value
    }
}
