import Foundation
import Heed
import Serving

/// What went wrong, for a person, and the exit code that says it to a program.
struct Failure: Error {
    var message: String
    var code: Int32

    static let usage: Int32 = 64
    static let badData: Int32 = 65
    static let noInput: Int32 = 66
    static let unavailable: Int32 = 69
    static let failedFit: Int32 = 70
    static let cannotWrite: Int32 = 74

    init(_ message: String, code: Int32) {
        self.message = message
        self.code = code
    }

    /// The failure behind an error of the library; `nil` for errors that the argument parser reports itself.
    init?(_ error: any Error) {
        switch error {
        case let failure as Failure: self = failure
        case let error as FeedbackReadError:
            if case .unreadable = error {
                self.init(error.description, code: Self.noInput)
            } else if case .badLines = error {
                self.init(
                    error.description + "\nTo go on without the bad lines, say --skip-bad.",
                    code: Self.badData)
            } else {
                self.init(error.description, code: Self.badData)
            }
        case let error as FeedbackWriteError: self.init(error.description, code: Self.cannotWrite)
        case let error as StoreError:
            self.init(
                error.description, code: error.problem == .occupied ? Self.cannotWrite : Self.badData)
        case .store(let error) as ServiceError: self.init(error.description, code: Self.badData)
        case let error as ServiceError: self.init(error.description, code: Self.badData)
        case let error as PreferenceError:
            switch error {
            case .failed: self.init(error.description, code: Self.failedFit)
            case .setting, .unknown: self.init(error.description, code: Self.usage)
            default: self.init(error.description, code: Self.badData)
            }
        case let error as EvaluationError: self.init(error.description, code: Self.badData)
        case let error as TensorError:
            if case .libraryUnavailable = error {
                self.init(error.description, code: Self.unavailable)
            } else {
                self.init(error.description, code: Self.badData)
            }
        case let error as BanditError:
            switch error {
            case .setting, .unknown: self.init(error.description, code: Self.usage)
            case .file: self.init(error.description, code: Self.noInput)
            case .data: self.init(error.description, code: Self.badData)
            }
        case let error as LearningError:
            switch error {
            case .unknown, .audience: self.init(error.description, code: Self.usage)
            case .training: self.init(error.description, code: Self.failedFit)
            case .cancelled: self.init("cancelled", code: 130)
            case .data, .file: self.init(error.description, code: Self.badData)
            }
        case let error as PairFileError: self.init(error.description, code: Self.badData)
        case let error as LabelError: self.init(error.description, code: Self.badData)
        case let error as FeedbackEvent.Flaw: self.init(error.description, code: Self.badData)
        case is CancellationError: self.init("cancelled", code: 130)
        default: return nil
        }
    }
}

/// Writing to the terminal's two streams.
enum Console {
    /// Says what went wrong. A standard error that is closed or full cannot be told about, and is no reason to stop.
    static func error(_ message: String) { note("heed: " + message) }

    static func note(_ message: String) {
        try? FileHandle.standardError.write(contentsOf: Data((message + "\n").utf8))
    }

    /// Prints a result.
    ///
    /// - Throws: `Failure` where standard output takes no more.
    static func out(_ text: String) throws {
        do {
            try FileHandle.standardOutput.write(
                contentsOf: Data((text.utf8.last == UInt8(ascii: "\n") ? text : text + "\n").utf8))
        } catch {
            throw Failure("standard output cannot be written", code: Failure.cannotWrite)
        }
    }
}

/// Checks that the folder of a file to be written is there, before work is spent on it.
func checkFolder(of path: String) throws {
    let folder = URL(fileURLWithPath: path).deletingLastPathComponent().path
    var isFolder: ObjCBool = false
    if !FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder) || !isFolder.boolValue {
        throw Failure("\(path): there is no folder \(folder)", code: Failure.cannotWrite)
    }
}

/// Writes a file in one piece: it is there whole, or as it was before.
func write(_ text: String, to path: String) throws {
    do {
        try Data(text.utf8).write(to: URL(fileURLWithPath: path), options: .atomic)
    } catch {
        throw Failure("\(path): cannot be written: \(error.localizedDescription)", code: Failure.cannotWrite)
    }
}
