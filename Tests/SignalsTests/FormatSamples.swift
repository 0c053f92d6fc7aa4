@testable import Signals

/// A small file of a format, and the event lines that it holds.
struct FormatSample: Sendable, CustomStringConvertible {
    var name: String
    var format: FeedbackFormat
    var text: String
    var lines: [String]
    var options = ReadOptions()

    var description: String { name }

    static let all: [FormatSample] = [
        FormatSample(
            name: "event lines", format: .events,
            text: """
                {"kind":"comparison","left":"a","right":"b","outcome":"tie","judge":"ann"}

                {"kind":"thumb","item":"a","up":true,"time":"1970-01-01T00:00:10Z"}
                """,
            lines: [
                #"{"kind":"comparison","left":"a","right":"b","outcome":"tie","judge":"ann"}"#,
                #"{"kind":"thumb","item":"a","up":true,"time":10}"#,
            ]),
        FormatSample(
            name: "event array", format: .events,
            text:
                "[ {\"kind\":\"reward\",\"action\":\"a\",\"value\":1},\n {\"kind\":\"critique\",\"item\":\"a\",\"text\":\"[\\\"\"}\n]\n",
            lines: [
                #"{"kind":"reward","action":"a","value":1}"#, #"{"kind":"critique","item":"a","text":"[\""}"#,
            ]),
        FormatSample(
            name: "plain comparisons", format: .comparisons,
            text: "left,right,winner\na,b,left\nb,c,c\nc,a,Tie\na,b,both_bad\na,b,skip\n",
            lines: [
                #"{"kind":"comparison","left":"a","right":"b","outcome":"left"}"#,
                #"{"kind":"comparison","left":"b","right":"c","outcome":"right"}"#,
                #"{"kind":"comparison","left":"c","right":"a","outcome":"tie"}"#,
                #"{"kind":"comparison","left":"a","right":"b","outcome":"both_bad"}"#,
                #"{"kind":"comparison","left":"a","right":"b","outcome":"skip"}"#,
            ]),
        FormatSample(
            name: "comparisons with everything", format: .comparisons,
            text: """
                Left\tRight\tWinner\tJudge\tprompt\ttime\tweight\tmargin\tprobability\tfirst\tlen_left\tlen_right\tcountry\tload
                a\tb\t2\tann\tp1\t2026-01-02T03:04:05Z\t2\t3\t0.25\tleft\t812\t455\tNL\t0.5
                a\tb\t1\tbob\t\t\t\t\t\t\t\t\t\t
                """,
            lines: [
                #"{"kind":"comparison","left":"a","right":"b","outcome":"right","probability":0.25,"margin":3,"first":"left","judge":"ann","prompt":"p1","time":1767323045,"weight":2,"groups":{"country":"NL"},"features":{"load":0.5},"itemFeatures":{"length":[812,455]}}"#,
                #"{"kind":"comparison","left":"a","right":"b","outcome":"left","judge":"bob"}"#,
            ]),
        FormatSample(
            name: "comparisons by a map", format: .comparisons,
            text: "x;y;win;who\na;b;a;ann\n",
            lines: [
                #"{"kind":"comparison","left":"a","right":"b","outcome":"left","judge":"ann","groups":{"country":"a"}}"#
            ],
            options: ReadOptions(
                mapping: ["left": "x", "right": "y", "winner": "win", "judge": "who", "group.country": "x"])),
        FormatSample(
            name: "comparisons by a probability", format: .comparisons,
            text: #"{"a":"x","b":"y","probability":0.75}"#,
            lines: [#"{"kind":"comparison","left":"x","right":"y","outcome":"left","probability":0.75}"#]),
        FormatSample(
            name: "arena table", format: .arena,
            text: """
                question_id,model_a,model_b,winner,judge,tstamp,language
                q1,gpt,claude,model_b,arena_user_1,1680000000.5,English
                q2,gpt,claude,tie (bothbad),arena_user_2,1680000001,Dutch
                """,
            lines: [
                #"{"kind":"comparison","left":"gpt","right":"claude","outcome":"right","first":"left","judge":"arena_user_1","prompt":"q1","time":1680000000.5,"groups":{"language":"English"}}"#,
                #"{"kind":"comparison","left":"gpt","right":"claude","outcome":"both_bad","first":"left","judge":"arena_user_2","prompt":"q2","time":1680000001,"groups":{"language":"Dutch"}}"#,
            ]),
        FormatSample(
            name: "arena JSON", format: .arena,
            text: """
                [{"question_id":"q1","model_a":"gpt","model_b":"claude","winner":"model_a","judge":"u1","turn":1,"language":"English","tstamp":1680000000,"conv_metadata":{"sum_assistant_a_tokens":10,"sum_assistant_b_tokens":20},"conversation_a":[{"role":"user"}]}]
                """,
            lines: [
                #"{"kind":"comparison","left":"gpt","right":"claude","outcome":"left","first":"left","judge":"u1","prompt":"q1","time":1680000000,"groups":{"language":"English"},"features":{"turn":1},"itemFeatures":{"sum_assistant_tokens":[10,20]}}"#
            ]),
        FormatSample(
            name: "AlpacaEval", format: .alpacaEval,
            text: """
                [
                  {"instruction": "Hi?", "generator_1": "ref", "generator_2": "mine", "preference": 1.25, "annotator": "gpt4", "output_1": "four", "output_2": "späť"},
                  {"instruction": "Ho?", "generator_1": "ref", "generator_2": "mine", "preference": 0, "annotator": "gpt4", "output_1": "", "output_2": "b"},
                  {"instruction": "He?", "generator_1": "ref", "generator_2": "mine", "preference": null, "annotator": "gpt4", "output_1": "a", "output_2": "b"}
                ]
                """,
            lines: [
                #"{"kind":"comparison","left":"ref","right":"mine","outcome":"left","probability":0.75,"judge":"gpt4","prompt":"Hi?","itemFeatures":{"length":[4,4]}}"#,
                #"{"kind":"comparison","left":"ref","right":"mine","outcome":"tie","judge":"gpt4","prompt":"Ho?","itemFeatures":{"length":[0,1]}}"#,
                #"{"kind":"comparison","left":"ref","right":"mine","outcome":"skip","judge":"gpt4","prompt":"He?","itemFeatures":{"length":[1,1]}}"#,
            ]),
        FormatSample(
            name: "AlpacaEval table", format: .alpacaEval,
            text: """
                judge,model,reference,prompt_id,preference,first_shown,len_model_output,len_reference_output
                gpt4,mine,ref,7,2.0,1,10,20
                """,
            lines: [
                #"{"kind":"comparison","left":"ref","right":"mine","outcome":"right","first":"left","judge":"gpt4","prompt":"7","itemFeatures":{"length":[20,10]}}"#
            ]),
        FormatSample(
            name: "chosen and rejected", format: .chosenRejected,
            text: #"{"prompt":"p","chosen":"good","rejected":"bad"}"#,
            lines: [
                #"{"kind":"comparison","left":"good","right":"bad","outcome":"left","prompt":"p","itemFeatures":{"length":[4,3]}}"#
            ]),
        FormatSample(
            name: "chosen and rejected models", format: .chosenRejected,
            text: "prompt,chosen,rejected,chosen_model,rejected_model\np,\"two\nlines\",bad,m1,m2\n",
            lines: [
                #"{"kind":"comparison","left":"m1","right":"m2","outcome":"left","prompt":"p","itemFeatures":{"length":[9,3]}}"#
            ]),
        FormatSample(
            name: "chosen and rejected conversations", format: .chosenRejected,
            text:
                #"{"chosen":[{"role":"user","content":"p"},{"role":"assistant","content":"good"}],"rejected":[{"content":"bad"}]}"#,
            lines: [#"{"kind":"comparison","left":"good","right":"bad","outcome":"left"}"#]),
        FormatSample(
            name: "rated completions", format: .ratedCompletions,
            text:
                #"{"source":"s","instruction":"Say hi","models":["m1","m2"],"completions":[{"model":"m1","annotations":{"helpfulness":{"Rating":"4","Rationale":"r"},"honesty":{"Rating":"N/A"}},"overall_score":7.5,"critique":"Fine.","response":"hi"},{"model":"m2","annotations":{"helpfulness":{"Rating":"1"}},"response":"no"}]}"#,
            lines: [
                #"{"kind":"rating","item":"m1","scores":{"helpfulness":4,"overall":7.5},"prompt":"Say hi","groups":{"source":"s"}}"#,
                #"{"kind":"critique","item":"m1","text":"Fine.","prompt":"Say hi","groups":{"source":"s"}}"#,
                #"{"kind":"rating","item":"m2","scores":{"helpfulness":1},"prompt":"Say hi","groups":{"source":"s"}}"#,
            ]),
        FormatSample(
            name: "PrefLib", format: .prefLib,
            text: """
                # FILE NAME: x.toc
                # NUMBER ALTERNATIVES: 3
                # NUMBER VOTERS: 5
                # ALTERNATIVE NAME 1: red wine
                # ALTERNATIVE NAME 2: beer
                # ALTERNATIVE NAME 3: tea
                3: 1,{2,3}
                2: 3,1
                """,
            lines: [
                #"{"kind":"ranking","ranking":["red wine",["beer","tea"]],"weight":3}"#,
                #"{"kind":"ranking","ranking":["tea","red wine"],"weight":2}"#,
            ]),
        FormatSample(
            name: "PrefLib, older form", format: .prefLib,
            text: "3\n1,red, dry\n2,beer\n3,tea\n5,5,2\n3,{1,2},3\n2,2,3,1\n",
            lines: [
                #"{"kind":"ranking","ranking":[["red, dry","beer"],"tea"],"weight":3}"#,
                #"{"kind":"ranking","ranking":["beer","tea","red, dry"],"weight":2}"#,
            ]),
        FormatSample(
            name: "orders", format: .orders,
            text: "dataset,count,ranking\ns,3,7>4=5>1\nt,2,1 > 2\n",
            lines: [#"{"kind":"ranking","ranking":["7",["4","5"],"1"],"weight":3,"groups":{"dataset":"s"}}"#],
            options: ReadOptions(keeping: ["dataset": ["s"]])),
        FormatSample(
            name: "ballots", format: .ballots,
            text: """
                race,count,choice1,choice2,choice3
                mayor,9,undervote,undervote,undervote
                mayor,5,ANN,BEN,undervote
                mayor,2,BEN,overvote,ANN
                mayor,1,CAL,CAL,ANN
                """,
            lines: [
                #"{"kind":"ranking","ranking":["ANN","BEN"],"unplaced":["CAL"],"prompt":"mayor","weight":5}"#,
                #"{"kind":"ranking","ranking":["BEN"],"unplaced":["ANN","CAL"],"prompt":"mayor","weight":2}"#,
                #"{"kind":"ranking","ranking":["CAL","ANN"],"unplaced":["BEN"],"prompt":"mayor"}"#,
            ]),
        FormatSample(
            name: "winner and loser", format: .results,
            text: """
                tourney_date,winner_id,winner_name,loser_id,loser_name,score,winner_rank,loser_rank,surface
                19900101,1,Ann Lee,2,Bo Ray,6-4 6-4,25,282,Hard
                19900102,3,Ann Lee,1,Ann Lee,W/O,,,Hard
                19900103,3,Ann Lee,1,Ann Lee,7-5,90,25,Hard
                """,
            lines: [
                #"{"kind":"comparison","left":"Ann Lee","right":"Bo Ray","outcome":"left","time":631152000,"groups":{"surface":"Hard"},"itemFeatures":{"rank":[25,282]}}"#,
                #"{"kind":"comparison","left":"Ann Lee (3)","right":"Ann Lee","outcome":"left","time":631324800,"groups":{"surface":"Hard"},"itemFeatures":{"rank":[90,25]}}"#,
            ]),
        FormatSample(
            name: "two scores", format: .scores,
            text: """
                date,home_team,away_team,home_score,away_score,tournament,neutral
                1950-01-24,Zambia,DR Congo,1,0,Friendly,FALSE
                1950-02-17,Egypt,Greece,2,2,Friendly,TRUE
                """,
            lines: [
                #"{"kind":"comparison","left":"Zambia","right":"DR Congo","outcome":"left","margin":1,"first":"left","time":-629164800,"groups":{"tournament":"Friendly"}}"#,
                #"{"kind":"comparison","left":"Egypt","right":"Greece","outcome":"tie","margin":0,"time":-627091200,"groups":{"tournament":"Friendly"}}"#,
            ]),
        FormatSample(
            name: "finishing positions", format: .positions,
            text: """
                season,round,track,position,driver,grid
                2013,1,Monza,1,Kimi,7
                2013,1,Monza,2,Nando,5
                2013,1,Monza,NC,Seb,1
                2013,2,Spa,2,Kimi,2
                2013,2,Spa,1,Seb,1
                """,
            lines: [
                #"{"kind":"ranking","ranking":["Kimi","Nando"],"unplaced":["Seb"],"prompt":"2013/1","groups":{"round":"1","season":"2013","track":"Monza"},"itemFeatures":{"grid":[7,5,1]}}"#,
                #"{"kind":"ranking","ranking":["Seb","Kimi"],"prompt":"2013/2","groups":{"round":"2","season":"2013","track":"Spa"},"itemFeatures":{"grid":[1,2]}}"#,
            ]),
        FormatSample(
            name: "judged rankings", format: .judgedRankings,
            text: """
                judge,segment,system1,rank1,system2,rank2,system3,rank3
                j1,12,A,2,B,1,C,2
                j2,13,A,-1,B,2,C,1
                """,
            lines: [
                #"{"kind":"ranking","ranking":["B",["A","C"]],"judge":"j1","prompt":"12"}"#,
                #"{"kind":"ranking","ranking":["C","B"],"judge":"j2","prompt":"13"}"#,
            ]),
        FormatSample(
            name: "ranked pairs", format: .rankedPairs,
            text: """
                pair,ranking_id,judge,segment,system1,rank1,system2,rank2
                de-en,1,j1,581,A+B,3,C,4
                de-en,1,j1,581,A+B,3,D,3
                """,
            lines: [
                #"{"kind":"comparison","left":"A","right":"C","outcome":"left","judge":"j1","prompt":"1","groups":{"pair":"de-en","segment":"581"}}"#,
                #"{"kind":"comparison","left":"B","right":"C","outcome":"left","judge":"j1","prompt":"1","groups":{"pair":"de-en","segment":"581"}}"#,
                #"{"kind":"comparison","left":"A","right":"B","outcome":"tie","judge":"j1","prompt":"1","groups":{"pair":"de-en","segment":"581"}}"#,
                #"{"kind":"comparison","left":"A","right":"D","outcome":"tie","judge":"j1","prompt":"1","groups":{"pair":"de-en","segment":"581"}}"#,
                #"{"kind":"comparison","left":"B","right":"D","outcome":"tie","judge":"j1","prompt":"1","groups":{"pair":"de-en","segment":"581"}}"#,
            ]),
        FormatSample(
            name: "rank columns", format: .rankColumns,
            text: """
                respondent,fan,seen_ep1,seen_ep2,rank_ep1,rank_ep2,income
                1,Yes,1,0,2,1,"$25,000"
                """,
            lines: [
                #"{"kind":"ranking","ranking":["ep2","ep1"],"judge":"1","groups":{"fan":"Yes","income":"$25,000"},"itemFeatures":{"seen":[0,1]}}"#
            ]),
        FormatSample(
            name: "choice rows", format: .choiceRows,
            text: "case,alt,choice,cost\n1,train,0,28.25\n1,car,1,15.77\n",
            lines: [
                #"{"kind":"choice","chosen":"car","among":["train","car"],"prompt":"1","itemFeatures":{"cost":[28.25,15.77]}}"#
            ]),
        FormatSample(
            name: "choices", format: .choices,
            text: "judge,chosen,options\nann,tea,tea | beer|wine\n",
            lines: [#"{"kind":"choice","chosen":"tea","among":["tea","beer","wine"],"judge":"ann"}"#]),
        FormatSample(
            name: "ratings", format: .ratings,
            text: "user,item,rating,timestamp\n259,255,4,874724710\n",
            lines: [#"{"kind":"rating","item":"255","score":4,"judge":"259","time":874724710}"#]),
        FormatSample(
            name: "u.data", format: .ratings,
            text: "196\t242\t3\t881250949\n186\t302\t3\t891717742\n",
            lines: [
                #"{"kind":"rating","item":"242","score":3,"judge":"196","time":881250949}"#,
                #"{"kind":"rating","item":"302","score":3,"judge":"186","time":891717742}"#,
            ]),
        FormatSample(
            name: "RecBole", format: .ratings,
            text: "user_id:token\titem_id:token\trating:float\ttimestamp:float\n196\t242\t3\t881250949\n",
            lines: [#"{"kind":"rating","item":"242","score":3,"judge":"196","time":881250949}"#]),
        FormatSample(
            name: "ratings on aspects", format: .ratings,
            text: "judge,item,score_help,score_style\nann,m1,4,\n",
            lines: [#"{"kind":"rating","item":"m1","scores":{"help":4},"judge":"ann"}"#],
            options: ReadOptions(mapping: ["score.style": "score_style"])),
        FormatSample(
            name: "thumbs", format: .thumbs, text: "user,item,thumb\nann,m1,up\nbob,m1,0\n",
            lines: [
                #"{"kind":"thumb","item":"m1","up":true,"judge":"ann"}"#,
                #"{"kind":"thumb","item":"m1","up":false,"judge":"bob"}"#,
            ]),
        FormatSample(
            name: "labels", format: .labels, text: "item,worker,label,gold\n594,w1,25,37\n594,w2,80,\n",
            lines: [
                #"{"kind":"label","task":"594","label":"25","gold":"37","judge":"w1"}"#,
                #"{"kind":"label","task":"594","label":"80","judge":"w2"}"#,
            ]),
        FormatSample(
            name: "decisions", format: .decisions,
            text: "action,reward,propensity,country,age\na,1,0.5,NL,3\nb,,0.25,BE,4\n",
            lines: [
                #"{"kind":"decision","decisionId":"57a5e1662abbc765","action":"a","groups":{"country":"NL"},"features":{"age":3}}"#,
                #"{"kind":"reward","value":1,"propensity":0.5,"decision":"57a5e1662abbc765"}"#,
                #"{"kind":"decision","decisionId":"a9cf1ce94383e77f","action":"b","groups":{"country":"BE"},"features":{"age":4}}"#,
            ]),
        FormatSample(
            name: "decisions by a map", format: .decisions,
            text: #"{"treatment":"x","loss":2,"who":"ann","slot":2,"decision_id":"d7"}"#,
            lines: [
                #"{"kind":"decision","decisionId":"d7","action":"x","judge":"ann","features":{"position":2}}"#,
                #"{"kind":"reward","value":-2,"decision":"d7"}"#,
            ], options: ReadOptions(mapping: ["action": "treatment", "judge": "who"])),
        FormatSample(
            name: "Open Bandit", format: .openBandit,
            text: """
                ,timestamp,item_id,position,click,propensity_score,user_feature_0,user-item_affinity_0
                0,2019-11-24 00:01:03.979311+00:00,2,2,0,0.045525,cef3,0
                1,2019-11-24 00:01:45.406608+00:00,9,3,1,0.059345,cef3,2
                """,
            lines: [
                #"{"kind":"decision","decisionId":"c7a71dd5a6cdc44c","action":"2","time":1574553663.979311,"groups":{"user_feature_0":"cef3"},"features":{"position":2}}"#,
                #"{"kind":"reward","value":0,"propensity":0.045525,"time":1574553663.979311,"decision":"c7a71dd5a6cdc44c"}"#,
                #"{"kind":"decision","decisionId":"357e96b3479f8b0a","action":"9","time":1574553705.406608,"groups":{"user_feature_0":"cef3"},"features":{"position":3,"user-item_affinity_0":2}}"#,
                #"{"kind":"reward","value":1,"propensity":0.059345,"time":1574553705.406608,"decision":"357e96b3479f8b0a"}"#,
            ]),
        FormatSample(
            name: "Vowpal Wabbit", format: .vowpalWabbit,
            text: """
                3:-1:0.25 'first |user age:0.5 city=ams |doc:2 sports length:1.5
                1 | plain
                2:0:0.5 4 | a a:2 city:paris :3
                """,
            lines: [
                #"{"kind":"decision","decisionId":"27e022fbc781405f","action":"3","features":{"doc^length":3,"doc^sports":2,"user^age":0.5,"user^city=ams":1}}"#,
                #"{"kind":"reward","value":1,"propensity":0.25,"decision":"27e022fbc781405f"}"#,
                #"{"kind":"decision","decisionId":"c79a0e527041ffa4","action":"1","features":{"plain":1}}"#,
                #"{"kind":"decision","decisionId":"3d56a19599a16e2c","action":"2","among":["2","4"],"features":{"0":3,"a":3,"city^paris":1}}"#,
                #"{"kind":"reward","value":0,"propensity":0.5,"decision":"3d56a19599a16e2c"}"#,
            ]),
        FormatSample(
            name: "Vowpal Wabbit, a line for each action", format: .vowpalWabbit,
            text: """
                shared |user age:0.5
                'red |item size:2
                0:-1:0.75 'blue |item size:3 new

                shared |user age:1
                0:1:1 | a:1
                | b
                """,
            lines: [
                #"{"kind":"decision","decisionId":"b2dcee34b74fc1ab","action":"blue","among":["red","blue"],"features":{"user^age":0.5},"itemFeatures":{"item^new":[0,1],"item^size":[2,3]}}"#,
                #"{"kind":"reward","value":1,"propensity":0.75,"decision":"b2dcee34b74fc1ab"}"#,
                #"{"kind":"decision","decisionId":"fa3108e435681663","action":"1","among":["1","2"],"features":{"user^age":1},"itemFeatures":{"a":[1,0],"b":[0,1]}}"#,
                #"{"kind":"reward","value":-1,"propensity":1,"decision":"fa3108e435681663"}"#,
            ]),
    ]
}
