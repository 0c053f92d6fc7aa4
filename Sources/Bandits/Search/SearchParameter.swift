import Foundation

/// A named parameter to be chosen: a number, a whole number, or one of several names.
///
/// Its text form is `NAME=KIND`, where the kind is one of
///
///     0..1             a number, every value alike
///     log:1e-5..1e-1   a positive number, every order of magnitude alike
///     int:1..8         a whole number, the ends included
///     logint:1..1024   a positive whole number, every order of magnitude alike
///     relu|tanh        one of several names
public struct SearchParameter: Sendable, Hashable, Codable, CustomStringConvertible {
    /// What values a parameter can have.
    public enum Kind: Sendable, Hashable, Codable {
        /// A number between two others.
        case real(low: Double, high: Double, log: Bool)
        /// A whole number between two others, the ends included.
        case integer(low: Int, high: Int, log: Bool)
        /// One of several names.
        case categorical([String])
    }

    /// The parameter's name.
    public let name: String
    /// The values it can have.
    public let kind: Kind

    /// Creates a parameter.
    ///
    /// - Throws: `BanditError.setting` where the name is empty, a range is empty or not finite, a
    ///   logarithm is asked for where not everything is positive, or there are fewer than two different
    ///   categories.
    public init(_ name: String, _ kind: Kind) throws {
        self.name = name
        self.kind = kind
        guard !name.isEmpty, !name.contains(where: { $0.isWhitespace || $0 == "=" }) else {
            throw BanditError.setting(
                name: "a parameter's name", value: name.debugDescription,
                expected: "one word without '='")
        }
        func refuse(_ expected: String) -> BanditError {
            .setting(name: "parameter \(name)", value: kindText, expected: expected)
        }
        switch kind {
        case .real(let low, let high, let log):
            guard low.isFinite, high.isFinite, low < high, (high - low).isFinite else {
                throw refuse("a range from a smaller to a larger number")
            }
            guard !log || low > 0 else { throw refuse("positive to have a logarithm") }
        case .integer(let low, let high, let log):
            guard low < high, low > -1 << 52, high < 1 << 52 else {
                throw refuse("a range from a smaller to a larger whole number")
            }
            guard !log || low > 0 else { throw refuse("positive to have a logarithm") }
        case .categorical(let names):
            guard names.count > 1, Set(names).count == names.count, !names.contains("") else {
                throw refuse("two or more different names")
            }
        }
    }

    /// Reads a parameter from its text form.
    ///
    /// - Throws: `BanditError.setting` with the offending text.
    public init(parsing text: String) throws {
        guard let equals = text.firstIndex(of: "=") else {
            throw BanditError.setting(
                name: "a parameter", value: text.debugDescription,
                expected:
                    "of the form NAME=0..1, NAME=log:1e-5..1e-1, NAME=int:1..8, NAME=logint:1..1024 or NAME=a|b"
            )
        }
        let name = text[..<equals].trimmingCharacters(in: .whitespaces)
        let body = text[text.index(after: equals)...].trimmingCharacters(in: .whitespaces)
        if body.contains("|") {
            let names = body.split(separator: "|", omittingEmptySubsequences: false)
            try self.init(name, .categorical(names.map { $0.trimmingCharacters(in: .whitespaces) }))
            return
        }
        let parts = body.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        let scale = parts.count == 2 ? String(parts[0]) : ""
        func refuse(_ expected: String) -> BanditError {
            .setting(name: "parameter \(name)", value: body.debugDescription, expected: expected)
        }
        guard ["", "log", "int", "logint"].contains(scale) else {
            throw refuse("LOW..HIGH after log:, int:, logint: or nothing, or names between |")
        }
        let ends = (parts.last ?? "").components(separatedBy: "..").map {
            $0.trimmingCharacters(in: .whitespaces)
        }
        guard ends.count == 2 else { throw refuse("a range LOW..HIGH or names between |") }
        if scale.hasSuffix("int") {
            guard let low = Int(ends[0]), let high = Int(ends[1]) else {
                throw refuse("a range of whole numbers")
            }
            try self.init(name, .integer(low: low, high: high, log: scale == "logint"))
        } else {
            guard let low = Double(ends[0]), let high = Double(ends[1]) else {
                throw refuse("a range of numbers")
            }
            try self.init(name, .real(low: low, high: high, log: scale == "log"))
        }
    }

    /// The text form.
    public var description: String { "\(name)=\(kindText)" }

    private var kindText: String {
        switch kind {
        case .real(let low, let high, let log): "\(log ? "log:" : "")\(low)..\(high)"
        case .integer(let low, let high, let log): "\(log ? "logint:" : "int:")\(low)..\(high)"
        case .categorical(let names): names.joined(separator: "|")
        }
    }
}

extension SearchParameter {
    /// The number of coordinates in the unit cube: one, or one for each category.
    var width: Int {
        if case .categorical(let names) = kind { return names.count }
        return 1
    }

    /// Whether every number of a range is a value.
    var isReal: Bool {
        if case .real = kind { return true }
        return false
    }

    /// The value at the coordinates that begin at `start`.
    func decode(_ unit: [Double], at start: Int) -> SearchValue {
        switch kind {
        case .real(let low, let high, let log):
            let u = min(max(unit[start], 0), 1)
            let value =
                log
                ? exp(Foundation.log(low) + u * (Foundation.log(high) - Foundation.log(low)))
                : low + u * (high - low)
            return .real(min(max(value, low), high))
        case .integer(let low, let high, let log):
            let (left, right) = edges(low, high, log)
            let at = left + min(max(unit[start], 0), 1) * (right - left)
            return .integer(min(max(Int((log ? exp(at) : at).rounded()), low), high))
        case .categorical(let names):
            var best = 0
            for k in 1..<names.count where unit[start + k] > unit[start + best] { best = k }
            return .category(names[best])
        }
    }

    /// Appends the coordinates of a value; `nil` where it is not one of this parameter.
    func encode(_ value: SearchValue, into unit: inout [Double]) -> Bool {
        switch (kind, value) {
        case (.real(let low, let high, let log), _):
            guard let x = value.number, x >= low, x <= high else { return false }
            unit.append(
                log
                    ? (Foundation.log(x) - Foundation.log(low)) / (Foundation.log(high) - Foundation.log(low))
                    : (x - low) / (high - low))
        case (.integer(let low, let high, let log), .integer(let x)):
            guard x >= low, x <= high else { return false }
            let (left, right) = edges(low, high, log)
            unit.append(((log ? Foundation.log(Double(x)) : Double(x)) - left) / (right - left))
        case (.categorical(let names), .category(let name)):
            guard let place = names.firstIndex(of: name) else { return false }
            for k in names.indices { unit.append(k == place ? Self.categoryDistance : 0) }
        default: return false
        }
        return true
    }

    /// The coordinate of the chosen category, which puts any two categories at distance 1.
    static let categoryDistance = 0.5.squareRoot()

    /// The range of whole numbers with half a step on either side, so that every number gets its share of
    /// the unit interval.
    private func edges(_ low: Int, _ high: Int, _ log: Bool) -> (Double, Double) {
        let (left, right) = (Double(low) - 0.5, Double(high) + 0.5)
        return log ? (Foundation.log(left), Foundation.log(right)) : (left, right)
    }
}
