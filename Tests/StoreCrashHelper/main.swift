import Foundation
import Signals

// Writes to a store until it is done or killed, and says on standard output what is acknowledged:
//   StoreCrashHelper import STORE FILE BATCH    imports event lines; after each batch how many are there
//   StoreCrashHelper append STORE FILE BATCH    appends them; the ids of each batch, a line each
// and "done" at the end.

func say(_ text: String) {
    FileHandle.standardOutput.write(Data((text + "\n").utf8))
}

let arguments = CommandLine.arguments
guard arguments.count == 5, let batch = Int(arguments[4]) else { exit(64) }
let text = try String(contentsOfFile: arguments[3], encoding: .utf8)
let lines = text.split(separator: "\n", omittingEmptySubsequences: false).dropLast()
let store = try FeedbackStore(path: arguments[2])

switch arguments[1] {
case "import":
    var hasher = try store.fingerprinting()
    hasher.update(text.utf8)
    try store.importing(
        hasher.finish(), name: "stream", batch: batch, progress: { say("\($0.acknowledged)") }
    ) { sink in
        for (index, line) in lines.enumerated() {
            do {
                try sink.receive(FeedbackEvent(jsonLine: String(line)), line: index + 1)
            } catch let error as EventLineError {
                try sink.reject(
                    BadLine(
                        file: "stream", line: index + 1, column: error.column, field: error.field,
                        value: error.value, reason: error.reason, text: String(line)))
            }
        }
    }
case "append":
    var events = lines.compactMap { try? FeedbackEvent(jsonLine: String($0)) }.filter { $0.id != nil }[...]
    while !events.isEmpty {
        let next = events.prefix(batch)
        events = events.dropFirst(batch)
        try store.append(Array(next))
        say(next.compactMap(\.id).joined(separator: "\n"))
    }
default: exit(64)
}
say("done")
