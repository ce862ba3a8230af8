package main

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/aws-cdk-go/awscdk/v2/interfaces/interfacesawscloudwatch"
	"github.com/aws/jsii-runtime-go"

	"whystopped/archive/stack"
)

// newDashboard shows, in the order in which somebody on call asks: is it still happening and whose is it, what fails,
// has it happened before, what does each say, and is this tool itself well.
func newDashboard(scope awscdk.Stack, o stack.Options, stops awslogs.ILogGroup, signs []sign, alarms,
	services []interfacesawscloudwatch.IAlarmRef) {
	var verdicts, health []awscloudwatch.IMetric
	for _, verdict := range []string{"failure", "review", "expected"} {
		verdicts = append(verdicts, stopsOf(o, verdict))
	}
	for _, s := range signs {
		if s.name != watched {
			health = append(health, s.metric)
		}
	}
	query := func(title string, q stack.Query, view awscloudwatch.LogQueryVisualizationType, width,
		height int) awscloudwatch.IWidget {
		return awscloudwatch.NewLogQueryWidget(&awscloudwatch.LogQueryWidgetProps{
			Title:         jsii.String(title),
			LogGroupNames: &[]*string{stops.LogGroupName()},
			QueryString:   jsii.String(q.Commands),
			View:          view,
			Width:         jsii.Number(width),
			Height:        jsii.Number(height),
		})
	}
	graph := func(title string, metrics []awscloudwatch.IMetric) awscloudwatch.IWidget {
		return awscloudwatch.NewGraphWidget(&awscloudwatch.GraphWidgetProps{
			Title:  jsii.String(title),
			Left:   &metrics,
			Width:  jsii.Number(12),
			Height: jsii.Number(6),
		})
	}
	status := func(title string, alarms []interfacesawscloudwatch.IAlarmRef) awscloudwatch.IWidget {
		return awscloudwatch.NewAlarmStatusWidget(&awscloudwatch.AlarmStatusWidgetProps{
			Title:  jsii.String(title),
			Alarms: &alarms,
			Width:  jsii.Number(12),
			Height: jsii.Number(6),
		})
	}
	dashboard := awscloudwatch.NewDashboard(scope, jsii.String("Dashboard"), &awscloudwatch.DashboardProps{
		DashboardName:   jsii.String(o.Named(stack.Dashboard)),
		DefaultInterval: awscdk.Duration_Days(jsii.Number(1)),
		Widgets: &[]*[]awscloudwatch.IWidget{
			{
				// Of these views only the bar chart is promised for two groups. Source:
				// https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CWL_QuerySyntax-Stats.html
				query("Failures in each hour, by who owns the fix", stack.FailuresByDomain,
					awscloudwatch.LogQueryVisualizationType_BAR, 12, 6),
				graph("Stops by verdict", verdicts),
			},
			{query("What fails", stack.WhatFailed, awscloudwatch.LogQueryVisualizationType_TABLE, 24, 6)},
			{query("Same failure, same signature", stack.Signatures, awscloudwatch.LogQueryVisualizationType_TABLE, 24,
				6)},
			{query("Latest failures, and what to do", stack.LatestFailures,
				awscloudwatch.LogQueryVisualizationType_TABLE, 24, 9)},
			{
				status("whystopped itself", alarms),
				graph("What went wrong in whystopped itself", health),
			},
		},
	})
	if services != nil {
		dashboard.AddWidgets(status("Services below their desired count", services))
	}
}
