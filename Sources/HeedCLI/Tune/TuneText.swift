import Foundation
import Heed

/// Settings and results as people read them, with six digits; JSON and commands have all.
enum TuneText {
    static func shown(_ value: Double) -> String { String(format: "%.6g", value) }

    static func shown(_ value: SearchValue) -> String {
        if case .real(let number) = value { return shown(number) }
        return value.description
    }

    static func shown(_ point: SearchPoint) -> String {
        zip(point.names, point.values).map { "\($0)=\(shown($1))" }.joined(separator: " ")
    }
}
