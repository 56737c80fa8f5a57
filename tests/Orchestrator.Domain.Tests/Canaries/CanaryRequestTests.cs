using System.Text.Json;
using CsCheck;
using Orchestrator.Domain.Canaries;
using Orchestrator.Domain.Requests;
using Orchestrator.Domain.Tests.Requests;
using Orchestrator.Domain.Traffic;

namespace Orchestrator.Domain.Tests.Canaries;

public sealed class CanaryRequestTests
{
    private static Parsed<CanarySpec> Read(string json)
    {
        using var document = JsonDocument.Parse(json);
        return SpecSchema.Canary.Agreeing(document.RootElement, CanaryRequest.Read(document.RootElement, "foo"));
    }

    private static string With(string members) => $$"""{"service":"hello","candidate":{"version":"v0-0-2"},{{members}}}""";

    [Fact]
    public void Service_and_version_are_enough()
    {
        var spec = Read("""{"service":"hello","candidate":{"version":"v0-0-2"}}""").Value!;

        Assert.Equal(("foo", "hello", new Candidate("v0-0-2"), null), (spec.Tenant, spec.Service, spec.Candidate, spec.Preview));
        Assert.Equal(
            [10, 20, 30, 40, 50],
            spec.Steps.OfType<SetWeightStep>().Select(s => s.Weight));
        Assert.Equal(
            (TimeSpan.FromSeconds(10), 1, 20, NoTrafficPolicy.Hold),
            (spec.Analysis.Interval, spec.Analysis.FailureLimit, spec.Analysis.MinRequests, spec.Analysis.OnNoTraffic));
        Assert.Equal([new("success-rate", Min: 99), new("latency-p99", Max: 500)], spec.Analysis.Metrics);
        Assert.Equal((TimeSpan.FromHours(2), TimeSpan.FromMinutes(10)), (spec.Deadline, spec.KeepStable));
        Assert.Equal((NewVersionPolicy.Queue, ForeignChangePolicy.Repair), (spec.OnNewVersion, spec.OnForeignChange));
    }

    [Fact]
    public void The_whole_contract_is_read()
    {
        var spec = Read("""
            {
              "service": "hello", "candidate": {"version": "v0-0-2", "image": "hello:0.0.2"},
              "preview": {"header": {"name": "Version", "value": "v0-0-2"}},
              "steps": [{"preview": {}}, {"setWeight": 10}, {"analyze": {"duration": "1m"}}, {"pause": {"duration": "30s"}}, {"pause": {}},
                        {"approve": {"timeout": "30m", "onTimeout": "approve"}}, {"setWeight": 50}, {"setWeight": 100}],
              "analysis": {"interval": "5s", "failureLimit": 0, "minRequests": 3, "onNoTraffic": "fail",
                           "metrics": [{"name": "success-rate", "min": 99.5}, {"name": "latency-p99", "max": "500ms"}]},
              "onNewVersion": "supersede", "onForeignChange": "abort", "deadline": "PT3H", "keepStable": "0s"
            }
            """).Value!;

        Assert.Equal(
            [
                new PreviewStep(), new SetWeightStep(10), new AnalyzeStep(TimeSpan.FromMinutes(1)), new PauseStep(TimeSpan.FromSeconds(30)),
                new PauseStep(null), new ApproveStep(TimeSpan.FromMinutes(30), TimeoutVerdict.Approve), new SetWeightStep(50), new SetWeightStep(100),
            ],
            spec.Steps);
        Assert.Equal("version", spec.Preview!.Header!.Name);
        Assert.Equal([new("success-rate", Min: 99.5), new("latency-p99", Max: 500)], spec.Analysis.Metrics);
        Assert.Equal((NewVersionPolicy.Supersede, ForeignChangePolicy.Abort, TimeSpan.FromHours(3)), (spec.OnNewVersion, spec.OnForeignChange, spec.Deadline));
    }

    [Fact]
    public void Even_steps_end_at_the_greatest_weight()
    {
        var spec = Read(With(""" "stepWeight":20,"maxWeight":50,"interval":"3s" """)).Value!;

        Assert.Equal([20, 40, 50], spec.Steps.OfType<SetWeightStep>().Select(s => s.Weight));
        Assert.All(spec.Steps.OfType<AnalyzeStep>(), s => Assert.Equal(TimeSpan.FromSeconds(3), s.Duration));
    }

    [Theory]
    [InlineData("""{}""", "/candidate required", "/service required")]
    [InlineData("""{"service":"Hello","candidate":{"version":"v0.0.2","image":"a b"}}""", "/candidate/image invalid", "/candidate/version invalid", "/service invalid")]
    [InlineData("""{"service":"hello","candidate":{"version":"v2","colour":"red"},"weight":1}""", "/candidate/colour unknown", "/weight unknown")]
    public void Every_problem_is_told(string json, params string[] expected) => AssertProblems(json, expected);

    [Theory]
    [InlineData(""" "steps":[{"setWeight":10,"pause":{}}] """, "/steps/0 one-of")]
    [InlineData(""" "steps":[{}] """, "/steps/0 one-of")]
    [InlineData(""" "steps":[{"wait":{}}] """, "/steps/0 one-of", "/steps/0/wait unknown")]
    [InlineData(""" "steps":[] """, "/steps required")]
    [InlineData(""" "steps":[{"setWeight":50},{"pause":{}},{"setWeight":20}] """, "/steps/2/setWeight order")]
    [InlineData(""" "steps":[{"setWeight":101}] """, "/steps/0/setWeight range")]
    [InlineData(""" "steps":[{"preview":{}}] """, "/steps/0/preview required")]
    [InlineData(""" "preview":{"header":{"name":"v","value":"1"}},"steps":[{"preview":{}},{"preview":{}}] """, "/steps/1/preview duplicate")]
    [InlineData(""" "steps":[{"approve":{"onTimeout":"shrug"}}] """, "/steps/0/approve/onTimeout choice")]
    [InlineData(""" "steps":[{"approve":{"minApprovals":0}}] """, "/steps/0/approve/minApprovals range")]
    [InlineData(""" "windows":[] """, "/windows required")]
    [InlineData(""" "windows":[{}] """, "/windows/0/from required", "/windows/0/timeZone required", "/windows/0/to required")]
    [InlineData(""" "windows":[{"from":"17:00","to":"09:00","timeZone":"UTC"}] """, "/windows/0/to order")]
    [InlineData(""" "windows":[{"from":"9:00","to":"25:00","timeZone":"Mars/Olympus"}] """,
        "/windows/0/from invalid", "/windows/0/timeZone invalid", "/windows/0/to invalid")]
    [InlineData(""" "windows":[{"days":[],"from":"09:00","to":"17:00","timeZone":"UTC"},{"days":["Monday"],"from":"09:00","to":"17:00","timeZone":"UTC"}] """,
        "/windows/0/days required", "/windows/1/days/0 invalid")]
    [InlineData(""" "windows":[{"days":["Mon","Tue"],"from":"09:00","to":"17:00","timeZone":"UTC"},{"days":["Tue"],"from":"16:59","to":"24:00","timeZone":"UTC"}] """,
        "/windows/1 overlap")]
    [InlineData(""" "windows":[{"from":"09:00","to":"10:00","timeZone":"UTC"}],"deadline":"9h","steps":[{"setWeight":10},{"pause":{"duration":"40m"}},{"analyze":{"duration":"21m"}},{"setWeight":20},{"pause":{"duration":"1h"}},{"setWeight":100},{"analyze":{"count":2,"interval":"30m","metrics":[{"name":"success-rate","min":99,"initialDelay":"1m"}]}}] """,
        "/steps/0 never", "/steps/5 never")]
    [InlineData(""" "windows":[{"from":"09:00","to":"10:00","timeZone":"UTC"}],"deadline":"9h","bake":{"duration":"2h"},"steps":[{"setWeight":10},{"pause":{}},{"approve":{"timeout":"3h"}}] """,
        "/bake never")]
    [InlineData(""" "windows":[{"from":"09:00","to":"09:01","timeZone":"UTC"}],"interval":"2m","stepWeight":50 """, "/steps/0 never")]
    [InlineData(""" "steps":[{"setWeight":10}],"stepWeight":5 """, "/steps one-of")]
    [InlineData(""" "stepWeight":60,"maxWeight":50 """, "/stepWeight range")]
    [InlineData(""" "steps":[{"analyze":{"duration":"2h"}},{"pause":{"duration":"1m"}}] """, "/deadline range")]
    [InlineData(""" "analysis":{"metrics":[]} """, "/analysis/metrics required")]
    [InlineData(""" "analysis":{"metrics":[{"name":"success-rate"}]} """, "/analysis/metrics/0 required")]
    [InlineData(""" "analysis":{"metrics":[{"name":"luck","min":1}]} """, "/analysis/metrics/0/name invalid")]
    [InlineData(""" "analysis":{"metrics":[{"name":"success-rate","min":90,"max":10}]} """, "/analysis/metrics/0/min range")]
    [InlineData(""" "analysis":{"metrics":[{"name":"success-rate","min":90},{"name":"success-rate","max":100}]} """, "/analysis/metrics duplicate")]
    [InlineData(""" "analysis":{"minRequests":0,"interval":"0s"} """, "/analysis/interval range", "/analysis/minRequests range")]
    [InlineData(""" "analysis":{"metrics":[{"name":"lag","query":"x{n=\"{{ pod }}\"}","max":1},{"name":"Lag","query":"","min":1},{"name":"success-rate","query":"x","min":1}]} """,
        "/analysis/metrics/0/query invalid", "/analysis/metrics/1/name invalid", "/analysis/metrics/1/query invalid", "/analysis/metrics/2/name invalid")]
    [InlineData(""" "analysis":{"metrics":[{"name":"lag","query":"{{ version }}","max":1,"count":0,"interval":"2h","initialDelay":"2d","failureLimit":-1,"consecutiveErrorLimit":1.5,"inconclusiveLimit":"no","dryRun":1}]} """,
        "/analysis/metrics/0/consecutiveErrorLimit type", "/analysis/metrics/0/count range", "/analysis/metrics/0/dryRun type", "/analysis/metrics/0/failureLimit range",
        "/analysis/metrics/0/inconclusiveLimit type", "/analysis/metrics/0/initialDelay duration", "/analysis/metrics/0/interval range", "/analysis/metrics/0/query invalid")]
    [InlineData(""" "analysis":{"metrics":[{"name":"m","max":1,"webhook":{"url":"ftp://x","jsonPath":"$..a","headers":{"Authorization":"t","host":"h","x y":"1"},"metadata":{"a":1,"b":"\n"},"timeout":"1h","method":"put"}},{"name":"n","max":1,"query":"q","webhook":{}}]} """,
        "/analysis/metrics/0/webhook/headers/Authorization unknown", "/analysis/metrics/0/webhook/headers/host unknown", "/analysis/metrics/0/webhook/headers/x y unknown",
        "/analysis/metrics/0/webhook/jsonPath invalid", "/analysis/metrics/0/webhook/metadata/b invalid", "/analysis/metrics/0/webhook/method choice",
        "/analysis/metrics/0/webhook/timeout range", "/analysis/metrics/0/webhook/url invalid", "/analysis/metrics/1 one-of", "/analysis/metrics/1/webhook/url required")]
    [InlineData(""" "analysis":{"comparison":{"level":50,"strict":"yes","test":"t"}} """,
        "/analysis/comparison/level range", "/analysis/comparison/strict type", "/analysis/comparison/test unknown")]
    [InlineData(""" "steps":[{"analyze":{"duration":"1m","count":2,"interval":"0s","metrics":[]}}],"bake":{"metrics":[{"name":"x"}],"weight":1} """,
        "/bake/metrics/0 required", "/bake/metrics/0/name invalid", "/bake/weight unknown", "/steps/0/analyze one-of", "/steps/0/analyze/interval range",
        "/steps/0/analyze/metrics required")]
    [InlineData(""" "steps":[{"analyze":{"interval":"10m","count":7}}],"bake":{"duration":"50m"} """, "/deadline range")]
    [InlineData(""" "gates":[{"name":"A","type":"before","webhook":{"url":"x","jsonPath":"$"}},{"name":"success-rate"},{"name":"qa","type":"event","webhook":{"url":"http://x"},"on":1}] """,
        "/gates duplicate", "/gates/0/name invalid", "/gates/0/type choice", "/gates/0/webhook/jsonPath unknown", "/gates/0/webhook/url invalid",
        "/gates/1/type required", "/gates/1/webhook required", "/gates/2/on unknown")]
    [InlineData(""" "preview":{} """, "/preview one-of")]
    [InlineData(""" "preview":{"header":{"name":"v","value":"1"},"cookie":{"name":"a=b","value":""}} """,
        "/preview one-of", "/preview/cookie/name invalid", "/preview/cookie/value invalid")]
    [InlineData(""" "preview":{"header":{"name":"v"}} """, "/preview/header/value one-of")]
    [InlineData(""" "preview":{"header":{"name":"v","regex":"(?=a)b"}} """, "/preview/header/regex invalid")]
    [InlineData(""" "steps":[{"mirror":{"percent":0}},{"setCanaryScale":{}},{"setCanaryScale":{"replicas":1,"percent":10}},{"setWeight":10},{"mirror":{}}] """,
        "/steps/0/mirror/percent range", "/steps/1/setCanaryScale one-of", "/steps/2/setCanaryScale one-of", "/steps/4/mirror order")]
    [InlineData(""" "sessionAffinity":{"cookie":"a b","maxAge":"200h"} """, "/sessionAffinity/cookie invalid", "/sessionAffinity/maxAge range")]
    [InlineData(""" "preview":{"header":{"name":"a b","value":"\n"}} """, "/preview/header/name invalid", "/preview/header/value invalid")]
    public void Every_rule_has_its_pointer(string members, params string[] expected) => AssertProblems(With(members), expected);

    [Theory]
    [InlineData("""{"replicas":3}""", 3, 3)]
    [InlineData("""{"percent":25}""", 3, 3)]
    [InlineData("""{"percent":1}""", 1, 1)]
    [InlineData("""{"matchTrafficWeight":true}""", 1, 5)]
    public void A_candidate_has_the_pods_that_the_step_says_and_all_of_them_before_it_gets_everything(string scale, int at10, int at50)
    {
        var step = Assert.IsType<SetCanaryScaleStep>(Read(With($$""" "steps":[{"setCanaryScale":{{scale}} }] """)).Value!.Steps.Single());

        Assert.Equal((at10, at50, 10), (step.Of(10, 10), step.Of(10, 50), step.Of(10, 100)));
    }

    [Fact]
    public void Copies_end_with_the_first_weight_and_pods_are_as_last_said()
    {
        var spec = Read(With(""" "steps":[{"mirror":{}},{"setCanaryScale":{"replicas":1}},{"analyze":{"duration":"1m"}},{"setWeight":10},{"pause":{}}] """)).Value!;

        Assert.Equal(
            [(100, 0, false), (100, 0, true), (100, 0, true), (0, 10, true), (0, 10, true)],
            CanaryPlan.From(spec).Select(step => (step.Mirror, step.Weight, step.Scale is not null)));
    }

    [Fact]
    public void A_cookie_is_found_among_others_and_only_whole()
    {
        var regex = new CookieMatch("kept", "v0.2").Header.Regex!;

        Assert.All(["kept=v0.2", "a=1; kept=v0.2", "kept=v0.2; b=2", "a=1;kept=v0.2;b=2"], cookies => Assert.Matches(regex, cookies));
        Assert.All(["kept=v0x2", "xkept=v0.2", "kept=v0.22", "a=kept=v0.2"], cookies => Assert.DoesNotMatch(regex, cookies));
    }

    [Theory]
    [InlineData("hello:0.0.2", true)]
    [InlineData("registry.example:5000/team/hello@sha256:0000000000000000000000000000000000000000000000000000000000000000", true)]
    [InlineData("hello", true)]
    [InlineData("hello:", false)]
    [InlineData("-", true)]
    [InlineData("hello:0.0.2\n", false)]
    [InlineData("http://hello", false)]
    public void An_image_is_a_reference(string image, bool valid) => Assert.Equal(
        valid,
        Read(JsonSerializer.Serialize(new { service = "hello", candidate = new { version = "v2", image } })).IsValid);

    [Fact]
    public void A_spec_that_was_written_reads_back()
    {
        var step = Gen.OneOf(
            Gen.Int[1, 60].Select(s => (CanaryStep)new AnalyzeStep(TimeSpan.FromSeconds(s))),
            Gen.Int[1, 60].Select(s => (CanaryStep)new AnalyzeStep(null)
            {
                Count = s,
                Interval = TimeSpan.FromSeconds(1),
                Metrics = s % 2 == 0 ? null : [new("depth", Max: 3) { Query = "depth" }],
            }),
            Gen.Int[1, 100].Select(s => (CanaryStep)new SetCanaryScaleStep(s % 3 == 0 ? s : null, s % 3 == 1 ? s : null, s % 3 == 2)),
            Gen.Int[1, 60].Select(s => (CanaryStep)new PauseStep(s % 2 == 0 ? null : TimeSpan.FromSeconds(s))),
            Gen.Int[1, 60].Select(s => (CanaryStep)new ApproveStep(TimeSpan.FromMinutes(s), s % 2 == 0 ? TimeoutVerdict.Approve : TimeoutVerdict.Rollback, 1 + (s % 3))),
            Gen.Const((CanaryStep)new SetWeightStep(30)));
        var web = new JsonSerializerOptions(JsonSerializerDefaults.Web);

        step.Array[1, 10].Sample(steps =>
        {
            var spec = new CanarySpec
            {
                Tenant = "foo",
                Service = "hello",
                Candidate = new("v2", "hello:2"),
                Steps = steps,
                Bake = new(TimeSpan.FromMinutes(5)),
                Gates = [new("qa", GateType.ConfirmTrafficIncrease, new("https://ci.example/qa"))],
                Analysis = new()
                {
                    Comparison = new() { Level = 95, Strict = true },
                    Metrics =
                    [
                        new(MetricSpec.LatencyP99, Max: 250),
                        new("lag", Max: 5.5)
                        {
                            Query = "max(lag{version=\"{{ version }}\"})",
                            Interval = TimeSpan.FromSeconds(30),
                            InitialDelay = TimeSpan.FromMinutes(1),
                            Count = 3,
                            FailureLimit = 2,
                            ConsecutiveErrorLimit = 1,
                            InconclusiveLimit = 0,
                            MinRequests = 5,
                            DryRun = true,
                        },
                        new("smoke", Min: 1)
                        {
                            Webhook = new("https://ci.example/smoke")
                            {
                                Method = WebhookMethod.Get,
                                Headers = new Dictionary<string, string> { ["x-a"] = "b" },
                                Metadata = new Dictionary<string, string> { ["c"] = "d" },
                                Timeout = TimeSpan.FromSeconds(5),
                                JsonPath = "$.ok",
                            },
                        },
                    ],
                },
            };
            var body = JsonSerializer.SerializeToNode(spec, web)!.AsObject();
            body.Remove("tenant");
            var back = Read(body.ToJsonString());
            return back.IsValid && JsonSerializer.Serialize(back.Value) == JsonSerializer.Serialize(spec)
                && JsonSerializer.Serialize(JsonSerializer.Deserialize<CanarySpec>(JsonSerializer.Serialize(spec))) == JsonSerializer.Serialize(spec);
        });
    }

    private static void AssertProblems(string json, string[] expected) => Assert.Equal(
        expected,
        Read(json).Problems.Select(p => $"{p.Pointer} {p.Code}").Order(StringComparer.Ordinal));
}
