import Foundation
import Heed

/// A policy's probabilities as CSV: a column for each action, a line for each decision of the log.
enum ProbabilityFile {
    static func read(_ path: String, _ logged: LoggedDecisions) throws -> [Double] {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw Failure("\(path): cannot be read", code: Failure.noInput)
        }
        var lines = String(decoding: data, as: UTF8.self).split(
            omittingEmptySubsequences: true, whereSeparator: \.isNewline)
        guard !lines.isEmpty else { throw Failure("\(path): is empty", code: Failure.badData) }
        let names = lines.removeFirst().split(separator: ",", omittingEmptySubsequences: false)
            .map { $0.trimmingCharacters(in: CharacterSet(charactersIn: " \"")) }
        var columns: [Int] = []
        for name in names {
            guard let arm = logged.actions.firstIndex(of: name) else {
                throw Failure(
                    "\(path):1: the log has no action \(name.debugDescription)", code: Failure.badData)
            }
            columns.append(arm)
        }
        guard Set(columns).count == columns.count else {
            throw Failure("\(path):1: an action has two columns", code: Failure.badData)
        }
        guard lines.count == logged.count else {
            throw Failure(
                "\(path): has \(lines.count) lines of probabilities, and the log \(logged.count) decisions",
                code: Failure.badData)
        }
        var table = [Double](repeating: 0, count: logged.count * logged.arms)
        for (row, line) in lines.enumerated() {
            let fields = line.split(separator: ",", omittingEmptySubsequences: false)
            guard fields.count == columns.count else {
                throw Failure(
                    "\(path):\(row + 2): has \(fields.count) fields where the header names \(columns.count)",
                    code: Failure.badData)
            }
            for (field, arm) in zip(fields, columns) {
                guard let value = Double(field.trimmingCharacters(in: .whitespaces)), value >= 0, value <= 1
                else {
                    throw Failure(
                        "\(path):\(row + 2): \(String(field).debugDescription) is not a probability",
                        code: Failure.badData)
                }
                table[row * logged.arms + arm] = value
            }
        }
        return table
    }
}
